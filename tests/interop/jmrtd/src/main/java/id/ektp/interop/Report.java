package id.ektp.interop;

import java.util.LinkedHashMap;
import java.util.Map;

/** What was checked and how it came out, as one JSON object. */
final class Report {
  private final String scenario;
  private final Map<String, String> checks = new LinkedHashMap<>();
  private final Map<String, Long> numbers = new LinkedHashMap<>();
  private boolean ok = true;

  Report(String scenario) {
    this.scenario = scenario;
  }

  void pass(String check) {
    checks.put(check, "ok");
  }

  void fail(String check, String why) {
    checks.put(check, why);
    ok = false;
  }

  void require(String check, boolean holds, String otherwise) {
    if (holds) {
      pass(check);
    } else {
      fail(check, otherwise);
    }
  }

  void number(String name, long value) {
    numbers.put(name, value);
  }

  boolean ok() {
    return ok;
  }

  String json() {
    StringBuilder out = new StringBuilder("{\"scenario\":").append(quote(scenario)).append(",\"ok\":").append(ok).append(",\"checks\":{");
    String separator = "";
    for (Map.Entry<String, String> check : checks.entrySet()) {
      out.append(separator).append(quote(check.getKey())).append(':').append(quote(check.getValue()));
      separator = ",";
    }
    out.append('}');
    numbers.forEach((name, value) -> out.append(',').append(quote(name)).append(':').append(value));
    return out.append('}').toString();
  }

  private static String quote(String text) {
    StringBuilder out = new StringBuilder("\"");
    for (char c : String.valueOf(text).toCharArray()) {
      if (c == '"' || c == '\\') {
        out.append('\\').append(c);
      } else if (c < 0x20) {
        out.append(' ');
      } else {
        out.append(c);
      }
    }
    return out.append('"').toString();
  }
}
