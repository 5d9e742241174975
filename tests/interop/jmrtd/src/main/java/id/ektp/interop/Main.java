package id.ektp.interop;

import java.nio.file.Files;
import java.nio.file.Path;
import java.security.Security;
import org.bouncycastle.jce.provider.BouncyCastleProvider;

/** Runs one scenario against the card on a named reader and prints one JSON object; exit 0 if it went as the scenario demands. */
public final class Main {
  private Main() {}

  /** Arguments: SCENARIO READER CARD_DIR. CARD_DIR is what `ektp demo card --keep DIR` leaves. */
  public static void main(String[] args) throws Exception {
    Security.insertProviderAt(new BouncyCastleProvider(), 1);
    Path dir = Path.of(args[2]);
    Report report = new Report(args[0]);
    try (CardSession session = new CardSession(args[1], report)) {
      run(args[0], session, dir, report);
    } catch (Exception e) {
      report.fail("exception", e.getClass().getSimpleName() + ": " + e.getMessage());
    }
    System.out.println(report.json());
    System.exit(report.ok() ? 0 : 1);
  }

  private static void run(String scenario, CardSession session, Path dir, Report report) throws Exception {
    switch (scenario) {
      case "full-can" -> looked(session, dir, report, true);
      case "full-mrz" -> looked(session, dir, report, false);
      case "wrong-can" -> session.expectPaceRefused("000000".equals(can(dir)) ? "111111" : "000000");
      case "no-ta" -> {
        session.pace(can(dir), null);
        session.readAll(dir);
        session.chipAuthentication();
        session.expectPrintsRefused(dir.resolve("files/DG3.bin"));
        session.expectFingersRefused();
      }
      case "ta-current" -> fingers(session, dir, "terminal");
      case "ta-newer" -> fingers(session, dir, "terminal-newer");
      case "ta-expired" -> refused(session, dir, "terminal");
      // A card whose own date is weeks old, at a terminal whose certificates ended since.
      case "ta-expired-yet" -> fingers(session, dir, "terminal-expired");
      case "ta-expired-now" -> refused(session, dir, "terminal-expired");
      default -> throw new IllegalArgumentException("unknown scenario " + scenario);
    }
  }

  /** What is timed leaves the pictures alone, as a reader that only reads does. */
  private static void looked(CardSession session, Path dir, Report report, boolean byCan) throws Exception {
    full(session, dir, report, byCan);
    session.pictures();
  }

  static void full(CardSession session, Path dir, Report report, boolean byCan) throws Exception {
    session.pace(byCan ? can(dir) : null, byCan ? null : Files.readString(dir.resolve("mrz.txt")).trim().split(";"));
    session.readAll(dir);
    session.activeAuthentication();
    session.chipAuthentication();
    session.terminalAuthentication(dir.resolve("terminal"));
    session.readPrints(dir.resolve("files/DG3.bin"));
    session.passiveAuthentication(dir.resolve("trust/csca.der"));
    session.readFingers(dir.resolve("files/EF.Fingers.bin"));
  }

  private static void fingers(CardSession session, Path dir, String terminal) throws Exception {
    session.pace(can(dir), null);
    session.chipAuthentication();
    session.terminalAuthentication(dir.resolve(terminal));
    session.readPrints(dir.resolve("files/DG3.bin"));
    session.readFingers(dir.resolve("files/EF.Fingers.bin"));
  }

  private static void refused(CardSession session, Path dir, String terminal) throws Exception {
    session.pace(can(dir), null);
    session.chipAuthentication();
    session.expectTerminalRefused(dir.resolve(terminal));
    session.expectFingersRefused();
  }

  private static String can(Path dir) throws Exception {
    return Files.readString(dir.resolve("can.txt")).trim();
  }
}
