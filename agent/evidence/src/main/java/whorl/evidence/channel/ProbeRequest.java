package whorl.evidence.channel;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import whorl.evidence.Text;

/**
 * Which calls a method probe records in a JVM, and for how long.
 *
 * @param type the exact binary name of a loaded class, such as {@code com.example.Orders$Line};
 *     {@code class} in JSON
 * @param method its name; all methods of this name, unless a descriptor is given
 * @param descriptor such as {@code (Ljava/lang/String;)V}; null for all methods of the name
 * @param seconds how long it records at most
 * @param calls how many calls it records at most
 * @param arguments true to record values of arguments, cut and redacted; false for their types and
 *     sizes
 * @param stacks true to record the stack of each call
 * @param await true to wait for the class if it is not loaded yet
 */
public record ProbeRequest(
    @JsonProperty("class") String type,
    String method,
    @Nullable String descriptor,
    int seconds,
    int calls,
    boolean arguments,
    boolean stacks,
    boolean await) {
  /** The capability of agents that take probes. */
  public static final String CAPABILITY = "probes";

  public static final int SECONDS_MAX = 600;
  public static final int SECONDS_DEFAULT = 60;
  public static final int CALLS_MAX = 1_000;
  public static final int CALLS_DEFAULT = 100;

  private static final int NAME_MAX_CHARS = 512;
  private static final Pattern CLASS = Pattern.compile("[^\\s.;\\[/<>*?]+(\\.[^\\s.;\\[/<>*?]+)*");
  private static final Pattern METHOD = Pattern.compile("[^\\s.;\\[/<>*?()]+");
  private static final Pattern DESCRIPTOR =
      Pattern.compile("\\((\\[*([BCDFIJSZ]|L[^;\\[.()]+;))*\\)(V|\\[*([BCDFIJSZ]|L[^;\\[.()]+;))");

  /**
   * @throws IllegalArgumentException if a name has another form, or a number is beyond its limit
   */
  public ProbeRequest {
    matches("class", type, CLASS, "the exact name of a class, such as com.example.Orders");
    if (method != null && method.startsWith("<")) {
      throw new IllegalArgumentException(
          "method: constructors and class initialisers cannot be probed: "
              + Text.shortened(method));
    }
    matches("method", method, METHOD, "the name of a method, such as find");
    if (descriptor != null) {
      matches(
          "descriptor",
          descriptor,
          DESCRIPTOR,
          "a method's descriptor, such as (Ljava/util/Map;I)V");
    }
    within("seconds", seconds, SECONDS_MAX);
    within("calls", calls, CALLS_MAX);
  }

  /** The class and the method, as in a stack. */
  public String title() {
    return type + "#" + method + (descriptor == null ? "" : descriptor);
  }

  private static void matches(String what, @Nullable String text, Pattern pattern, String wanted) {
    if (text == null || text.isEmpty()) {
      throw new IllegalArgumentException(what + " is missing; give " + wanted);
    }
    if (text.length() > NAME_MAX_CHARS || !pattern.matcher(text).matches()) {
      throw new IllegalArgumentException(what + ": not " + wanted + ": " + Text.shortened(text));
    }
  }

  private static void within(String what, int number, int max) {
    if (number < 1 || number > max) {
      throw new IllegalArgumentException(what + ": not a number from 1 to " + max + ": " + number);
    }
  }
}
