package id.ektp.interop.fingers;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** A folder SET/F_I.ENDING: which files there are, and which of them are compared. */
final class Prints {
  /** One impression of one finger. */
  record Print(String set, int finger, int impression, Path file) {}

  /** What becomes of a pair of prints, by their places in a set. */
  interface Pair {
    void of(int probe, int reference);
  }

  private Prints() {}

  /** The sets, each with its prints by finger and impression. */
  static List<List<Print>> sets(Path folder, String ending) throws IOException {
    List<List<Print>> sets = new ArrayList<>();
    for (Path set : list(folder)) {
      List<Print> prints = new ArrayList<>();
      for (Path file : Files.isDirectory(set) ? list(set) : List.<Path>of()) {
        String name = file.getFileName().toString();
        if (name.matches("\\d+_\\d+\\." + ending)) {
          String[] numbers = name.substring(0, name.indexOf('.')).split("_");
          prints.add(new Print(set.getFileName().toString(), Integer.parseInt(numbers[0]), Integer.parseInt(numbers[1]), file));
        }
      }
      prints.sort(Comparator.comparingInt(Print::finger).thenComparingInt(Print::impression));
      if (!prints.isEmpty()) {
        sets.add(prints);
      }
    }
    return sets;
  }

  /** Every pair of a set once: impressions of one finger, and of two. The lower one is the probe. */
  static void pairs(int prints, Pair pair) {
    for (int probe = 0; probe < prints; probe++) {
      for (int reference = probe + 1; reference < prints; reference++) {
        pair.of(probe, reference);
      }
    }
  }

  private static List<Path> list(Path folder) throws IOException {
    try (Stream<Path> entries = Files.list(folder)) {
      return entries.sorted().toList();
    }
  }
}
