package whorl.evidence.channel;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import whorl.evidence.Text;

/**
 * What a hunt asks of each JVM: exactly one of these.
 *
 * @param rule Sigma rules as YAML, or the id of a rule that the agent has: which events of the past
 *     window match?
 * @param type which loaded classes are these? {@code class} in JSON
 * @param library which loaded libraries are these?
 * @param connection which connections, open or past, have this other end?
 * @param registration which components do the servers of this JVM call?
 */
public record HuntQuestion(
    @Nullable String rule,
    @JsonProperty("class") @Nullable OfClass type,
    @Nullable OfLibrary library,
    @Nullable OfConnection connection,
    @Nullable OfRegistration registration) {
  public static final String RULE = "rule";
  public static final String CLASS = "class";
  public static final String LIBRARY = "library";
  public static final String CONNECTION = "connection";
  public static final String REGISTRATION = "registration";

  /** All kinds of questions. */
  public static final List<String> KINDS = List.of(RULE, CLASS, LIBRARY, CONNECTION, REGISTRATION);

  /** The capability of agents that answer hunts; its value lists the kinds that they answer. */
  public static final String CAPABILITY = "hunts";

  /** Limit of a rule's text, in characters. */
  public static final int RULE_MAX_CHARS = 64 << 10;

  private static final int TEXT_MAX_CHARS = 512;
  private static final int RULE_ID_MAX_CHARS = 128;
  private static final Pattern RULE_ID = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]*");
  private static final Pattern SHA_256 = Pattern.compile("[0-9a-f]{64}");
  private static final int PORT_MAX = 0xFFFF;

  /**
   * @throws IllegalArgumentException if there is not exactly one part, or if it is too long
   */
  public HuntQuestion {
    int parts = 0;
    for (Object part : new @Nullable Object[] {rule, type, library, connection, registration}) {
      parts += part == null ? 0 : 1;
    }
    if (parts != 1) {
      throw new IllegalArgumentException(
          "a hunt asks exactly one of " + String.join(", ", KINDS) + ", not " + parts + " of them");
    }
    if (rule != null && rule.isBlank()) {
      throw new IllegalArgumentException("rule is empty; give Sigma YAML, or the id of a rule");
    }
    if (rule != null && rule.length() > RULE_MAX_CHARS) {
      throw new IllegalArgumentException(
          "rule has "
              + rule.length()
              + " characters; at most "
              + RULE_MAX_CHARS
              + " are allowed; push it as a rule set instead");
    }
  }

  /**
   * Loaded classes.
   *
   * @param name such as {@code com.example.Shell}; {@code *} stands for any characters, {@code ?}
   *     for one
   * @param sha256 of the class file, of classes that were made at run time
   */
  public record OfClass(@Nullable String name, @Nullable String sha256) {
    public OfClass {
      one("class", "name or sha256", name, sha256);
      if (sha256 != null && !SHA_256.matcher(sha256).matches()) {
        throw new IllegalArgumentException(
            "class.sha256 is not 64 hexadecimal digits in lower case: " + Text.shortened(sha256));
      }
      bounded("class.name", name);
    }
  }

  /**
   * Loaded libraries.
   *
   * @param name the artifact's name, such as {@code log4j-core}; {@code *} and {@code ?} as above
   * @param version a range, such as {@code <2.17.1} or {@code >=2.0,<2.17.1}; null for any
   */
  public record OfLibrary(String name, @Nullable String version) {
    public OfLibrary {
      one("library", "name", name, null);
      bounded("library.name", name);
      bounded("library.version", version);
    }
  }

  /**
   * Connections by their other end.
   *
   * @param address an IP address or a network such as {@code 10.0.0.0/8}
   * @param host a name as the JVM resolved it or connected to it; {@code *} and {@code ?} as above
   * @param port of the other end; null for any
   */
  public record OfConnection(
      @Nullable String address, @Nullable String host, @Nullable Integer port) {
    public OfConnection {
      one("connection", "address or host", address, host);
      bounded("connection.address", address);
      bounded("connection.host", host);
      if (port != null && (port < 1 || port > PORT_MAX)) {
        throw new IllegalArgumentException("connection.port is not 1 to 65535: " + port);
      }
    }
  }

  /**
   * Components that servers and threads call. With both parts, both must match.
   *
   * @param kind such as {@code filter}, {@code valve}, {@code spring-mapping}, {@code thread}
   * @param type the component's class; {@code *} and {@code ?} as above; {@code class} in JSON
   */
  public record OfRegistration(
      @Nullable String kind, @JsonProperty("class") @Nullable String type) {
    public OfRegistration {
      if (blank(kind) && blank(type)) {
        throw new IllegalArgumentException("registration needs kind or class, or both");
      }
      bounded("registration.kind", kind);
      bounded("registration.class", type);
    }
  }

  /** Which of {@link #KINDS} it is. */
  public String kind() {
    if (rule != null) {
      return RULE;
    }
    if (type != null) {
      return CLASS;
    }
    if (library != null) {
      return LIBRARY;
    }
    return connection != null ? CONNECTION : REGISTRATION;
  }

  /** True if the rule is named by its id and not given as text. */
  public boolean namesRule() {
    return rule != null
        && rule.length() <= RULE_ID_MAX_CHARS
        && RULE_ID.matcher(rule.strip()).matches();
  }

  private static void one(
      String of, String parts, @Nullable String first, @Nullable String second) {
    if (blank(first) == blank(second)) {
      throw new IllegalArgumentException(of + " needs " + parts);
    }
  }

  private static void bounded(String what, @Nullable String text) {
    if (text != null && text.length() > TEXT_MAX_CHARS) {
      throw new IllegalArgumentException(
          what + " has " + text.length() + " characters; at most " + TEXT_MAX_CHARS);
    }
  }

  private static boolean blank(@Nullable String text) {
    return text == null || text.isBlank();
  }
}
