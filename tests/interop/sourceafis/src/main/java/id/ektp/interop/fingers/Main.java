package id.ektp.interop.fingers;

import com.machinezoo.sourceafis.FingerprintMatcher;
import com.machinezoo.sourceafis.FingerprintTemplate;
import java.io.IOException;
import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Compares all pairs of every set of a folder SET/F_I and writes their scores (set,F1,I1,F2,I2,score); one JSON object on standard output tells
 * the CPU time of the one thread that did it.
 *
 * <p>Arguments: WHAT FOLDER SCORES [SECONDS]. WHAT is `files` or `pixels` (images, by SourceAFIS's own extractor) or `minutiae` (CSV). SECONDS: how
 * long matching is timed, after one round to warm up; 0 leaves it out.
 */
public final class Main {
  private interface Source {
    FingerprintTemplate of(Path file) throws IOException;
  }

  private Main() {}

  public static void main(String[] args) throws Exception {
    String what = args[0];
    double seconds = args.length > 3 ? Double.parseDouble(args[3]) : 0;
    Source source =
        switch (what) {
          case "files" -> file -> new FingerprintTemplate(Templates.asFile(file));
          case "pixels" -> file -> new FingerprintTemplate(Templates.asPixels(file));
          case "minutiae" -> Templates::ofMinutiae;
          default -> throw new IllegalArgumentException("WHAT is files, pixels or minutiae");
        };
    List<List<Prints.Print>> sets = Prints.sets(Path.of(args[1]), what.equals("minutiae") ? "csv" : "png");
    List<List<FingerprintTemplate>> templates = new ArrayList<>();
    double extractMillis = extract(sets, source, templates);
    List<List<FingerprintMatcher>> probes = new ArrayList<>();
    long start = cpu();
    for (List<FingerprintTemplate> set : templates) {
      probes.add(set.stream().map(FingerprintMatcher::new).toList());
    }
    int prints = sets.stream().mapToInt(List::size).sum();
    double prepareMicros = (cpu() - start) / 1e3 / Math.max(1, prints);
    int pairs = score(sets, probes, templates, Path.of(args[2]));
    double rate = seconds > 0 ? rate(probes, templates, pairs, seconds) : Double.NaN;
    System.out.printf(
        Locale.ROOT,
        "{\"prints\": %d, \"pairs\": %d, \"extractMillis\": %.4f, \"prepareMicros\": %.3f, \"matchesPerSecond\": %s}%n",
        prints, pairs, extractMillis, prepareMicros, Double.isNaN(rate) ? "null" : String.format(Locale.ROOT, "%.1f", rate));
  }

  /** Mean CPU time of one template in milliseconds, reading the file in; the first set is done twice, its first time to warm up. */
  private static double extract(List<List<Prints.Print>> sets, Source source, List<List<FingerprintTemplate>> into) throws IOException {
    for (Prints.Print print : sets.get(0)) {
      source.of(print.file());
    }
    long start = cpu();
    int prints = 0;
    for (List<Prints.Print> set : sets) {
      List<FingerprintTemplate> templates = new ArrayList<>();
      for (Prints.Print print : set) {
        templates.add(source.of(print.file()));
        prints++;
      }
      into.add(templates);
    }
    return (cpu() - start) / 1e6 / Math.max(1, prints);
  }

  private static int score(
      List<List<Prints.Print>> sets, List<List<FingerprintMatcher>> probes, List<List<FingerprintTemplate>> templates, Path file)
      throws IOException {
    int[] pairs = {0};
    try (PrintWriter out = new PrintWriter(Files.newBufferedWriter(file))) {
      out.print("set,F1,I1,F2,I2,score\n");
      for (int s = 0; s < sets.size(); s++) {
        List<Prints.Print> set = sets.get(s);
        List<FingerprintMatcher> probe = probes.get(s);
        List<FingerprintTemplate> template = templates.get(s);
        Prints.pairs(set.size(), (a, b) -> {
          Prints.Print one = set.get(a);
          Prints.Print other = set.get(b);
          double score = probe.get(a).match(template.get(b));
          out.print(String.join(",", one.set(), "" + one.finger(), "" + one.impression(), "" + other.finger(), "" + other.impression(), "" + score) + "\n");
          pairs[0]++;
        });
      }
    }
    return pairs[0];
  }

  /** Matches a second of CPU time of this thread, in whole rounds over all pairs. */
  private static double rate(List<List<FingerprintMatcher>> probes, List<List<FingerprintTemplate>> templates, int pairs, double seconds) {
    double sum = round(probes, templates);
    long start = cpu();
    long matches = 0;
    while (cpu() - start < seconds * 1e9) {
      sum += round(probes, templates);
      matches += pairs;
    }
    double rate = matches / ((cpu() - start) / 1e9);
    if (sum < 0) {
      throw new IllegalStateException("scores are not negative");
    }
    return rate;
  }

  private static double round(List<List<FingerprintMatcher>> probes, List<List<FingerprintTemplate>> templates) {
    double[] sum = {0};
    for (int s = 0; s < probes.size(); s++) {
      List<FingerprintMatcher> probe = probes.get(s);
      List<FingerprintTemplate> template = templates.get(s);
      Prints.pairs(probe.size(), (a, b) -> sum[0] += probe.get(a).match(template.get(b)));
    }
    return sum[0];
  }

  private static long cpu() {
    return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
  }
}
