package id.ektp.interop;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.security.Security;
import org.bouncycastle.jce.provider.BouncyCastleProvider;

/** Reads the whole card over and over in one JVM, for `make bench`: one JSON object a reading, the first of them cold. */
public final class Repeat {
  private Repeat() {}

  /** Arguments: TIMES READER CARD_DIR. */
  public static void main(String[] args) throws Exception {
    Security.insertProviderAt(new BouncyCastleProvider(), 1);
    OperatingSystemMXBean system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    Path dir = Path.of(args[2]);
    boolean ok = true;
    for (int time = 0; time < Integer.parseInt(args[0]); time++) {
      Report report = new Report("repeat");
      long cpu = system.getProcessCpuTime();
      long wall = System.nanoTime();
      try (CardSession session = new CardSession(args[1], report)) {
        Main.full(session, dir, report, true);
      } catch (Exception e) {
        report.fail("exception", e.getClass().getSimpleName() + ": " + e.getMessage());
      }
      report.number("wallMicroseconds", (System.nanoTime() - wall) / 1_000);
      report.number("cpuMicroseconds", (system.getProcessCpuTime() - cpu) / 1_000);
      System.out.println(report.json());
      ok &= report.ok();
    }
    System.exit(ok ? 0 : 1);
  }
}
