package whorl.collector.cli.hunts;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import whorl.collector.cli.client.Problems;
import whorl.collector.cli.terminal.CliException;
import whorl.evidence.channel.HuntQuestion;

/** What a hunt asks: one question. */
final class QuestionOptions {
  private static final int ADDRESS_PARTS = 2;

  @Option(
      names = "--rule",
      paramLabel = "FILE|ID",
      description = "Which events does this Sigma rule match? A file, or the id of a known rule.")
  private @Nullable String rule;

  @Option(
      names = "--class",
      paramLabel = "NAME",
      description =
          "Is this class loaded? * and ? are wildcards. With --registration: only of this class.")
  private @Nullable String type;

  @Option(
      names = "--sha256",
      paramLabel = "HEX",
      description = "Was a class with this class file made at run time?")
  private @Nullable String sha256;

  @Option(
      names = "--library",
      paramLabel = "NAME",
      description = "Is this library loaded, such as log4j-core?")
  private @Nullable String library;

  @Option(
      names = "--version",
      paramLabel = "RANGE",
      description = "Only these versions of the library, such as <2.17.1 or >=2.0,<2.17.1.")
  private @Nullable String version;

  @Option(
      names = "--connection",
      paramLabel = "ADDRESS",
      description =
          "Is there a connection, open or past, to this address, network (10.0.0.0/8) or host?")
  private @Nullable String connection;

  @Option(names = "--port", paramLabel = "P", description = "Only connections to this port.")
  private @Nullable Integer port;

  @Option(
      names = "--registration",
      paramLabel = "KIND",
      description =
          "Is such a component registered, such as filter, valve, thread? * is any, with --class.")
  private @Nullable String registration;

  /** The part of the request's body that asks. */
  Map<String, Object> asJson() {
    boolean classAlone = type != null && registration == null;
    long asked =
        Stream.of(rule, classAlone ? type : null, sha256, library, connection, registration)
            .filter(Objects::nonNull)
            .count();
    if (asked != 1) {
      throw CliException.usage(
          asked == 0 ? "no question is given" : "a hunt asks one question",
          "give one of --rule, --class, --sha256, --library, --connection, --registration");
    }
    if ((version != null && library == null) || (port != null && connection == null)) {
      throw CliException.usage(
          version != null && library == null
              ? "--version is for --library"
              : "--port is for --connection",
          null);
    }
    Map<String, Object> body = new LinkedHashMap<>();
    if (rule != null) {
      body.put(HuntQuestion.RULE, ruleText(rule));
    } else if (library != null) {
      body.put(HuntQuestion.LIBRARY, parts("name", library, "version", version));
    } else if (connection != null) {
      body.put(
          HuntQuestion.CONNECTION,
          parts(isAddress(connection) ? "address" : "host", connection, "port", port));
    } else if (registration != null) {
      body.put(
          HuntQuestion.REGISTRATION,
          parts("kind", registration.equals("*") ? null : registration, "class", type));
    } else {
      body.put(HuntQuestion.CLASS, parts("name", type, "sha256", lowerCase(sha256)));
    }
    return body;
  }

  /** Other tools print digests in capitals. */
  private static @Nullable String lowerCase(@Nullable String hex) {
    return hex == null ? null : hex.toLowerCase(Locale.ROOT);
  }

  private static Map<String, Object> parts(
      String first, @Nullable Object value, String second, @Nullable Object other) {
    Map<String, Object> parts = new LinkedHashMap<>();
    if (value != null) {
      parts.put(first, value);
    }
    if (other != null) {
      parts.put(second, other);
    }
    return parts;
  }

  /** Literals have colons, or only digits and dots before the slash; names have letters. */
  private static boolean isAddress(String text) {
    List<String> parts = List.of(text.split("/", ADDRESS_PARTS));
    return text.contains(":") || parts.get(0).matches("[0-9.]+");
  }

  /** An existing file is read; anything else is the id of a rule. */
  private static String ruleText(String fileOrId) {
    try {
      Path file = Path.of(fileOrId);
      if (!Files.isRegularFile(file)) {
        if (fileOrId.contains("/") || fileOrId.matches("(?i).*\\.ya?ml")) {
          throw CliException.failed(fileOrId + ": no such file", null);
        }
        return fileOrId;
      }
      if (Files.size(file) > HuntQuestion.RULE_MAX_CHARS) {
        throw CliException.failed(
            file + ": larger than " + HuntQuestion.RULE_MAX_CHARS + " bytes",
            "push it with `whorl rules push`, and hunt with the rule's id");
      }
      return Files.readString(file, StandardCharsets.UTF_8);
    } catch (InvalidPathException notAFile) {
      return fileOrId;
    } catch (IOException e) {
      throw CliException.failed("cannot read " + fileOrId + ": " + Problems.text(e), null);
    }
  }
}
