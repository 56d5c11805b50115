package whorl.agent.attach;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Properties;
import org.jspecify.annotations.Nullable;
import whorl.agent.config.Setting;

/**
 * The arguments of the command.
 *
 * @param pids of the JVMs; empty for all
 * @param settings for the agent, by key
 * @param ca PEM certificates; null for none
 */
record AttachArguments(List<Long> pids, Properties settings, byte @Nullable [] ca) {
  private static final int FILE_MAX_BYTES = 1 << 20;
  private static final String STANDARD_INPUT = "-";
  private static final String PEM_BEGIN = "-----BEGIN CERTIFICATE-----";

  static final String USAGE =
      """
      java -jar whorl-agent.jar attach PID…|--all --collector URL --token-file FILE

      Loads the agent into JVMs that run without it. They are not restarted.

        PID               process id, as this process sees it; in a container that shares the
                          process namespace of another, often 1
        --all             every JVM that this process may look into
        --collector URL   where evidence goes
        --token-file FILE the agent's token; - reads a line of standard input
        --ca FILE         PEM certificates of the collector's CA; or their text itself
        --set KEY=VALUE   any other setting of docs/settings.md; paths are the application's

      Status: 0 attached, 1 refused, with the reason and the remedy, 2 wrong usage.\
      """;

  /** What is wrong with the arguments; expected. */
  static final class Wrong extends Exception {
    private static final long serialVersionUID = 1;

    Wrong(String message) {
      super(message, null, false, false);
    }
  }

  /**
   * Parses them and reads the files that they name.
   *
   * @param standardInput for a token
   */
  static AttachArguments parse(List<String> arguments, InputStream standardInput) throws Wrong {
    List<Long> pids = new ArrayList<>();
    Properties settings = new Properties();
    byte[] ca = null;
    boolean all = false;
    Iterator<String> rest = arguments.iterator();
    while (rest.hasNext()) {
      String argument = rest.next();
      int equals = argument.indexOf('=');
      boolean joined = argument.startsWith("--") && equals > 0;
      String option = joined ? argument.substring(0, equals) : argument;
      switch (option) {
        case "--all" -> all = true;
        case "--collector" ->
            settings.setProperty("collector.url", url(value(option, argument, joined, rest)));
        case "--token-file" ->
            settings.setProperty(
                "collector.token", token(value(option, argument, joined, rest), standardInput));
        case "--ca" -> ca = certificates(value(option, argument, joined, rest));
        case "--set" -> set(settings, value(option, argument, joined, rest));
        default -> pids.add(pid(argument));
      }
    }
    if (all != pids.isEmpty()) {
      throw new Wrong(all ? "--all and a process id exclude each other" : "no process id");
    }
    if (settings.getProperty("collector.url") == null
        && settings.getProperty("evidence.dir") == null) {
      throw new Wrong("no --collector: evidence would go nowhere");
    }
    return new AttachArguments(List.copyOf(pids), settings, ca);
  }

  private static String value(String option, String argument, boolean joined, Iterator<String> rest)
      throws Wrong {
    if (joined) {
      return argument.substring(option.length() + 1);
    }
    if (!rest.hasNext()) {
      throw new Wrong(option + " needs a value");
    }
    return rest.next();
  }

  private static long pid(String argument) throws Wrong {
    try {
      long pid = Long.parseLong(argument);
      if (pid > 0) {
        return pid;
      }
    } catch (NumberFormatException notANumber) {
      throw new Wrong("not a process id or option: " + argument);
    }
    throw new Wrong("not a process id: " + argument);
  }

  private static String url(String text) throws Wrong {
    try {
      URI url = new URI(text);
      if (url.getHost() != null
          && ("http".equals(url.getScheme()) || "https".equals(url.getScheme()))) {
        return text;
      }
    } catch (URISyntaxException e) {
      throw new Wrong("not an http or https URL: " + text);
    }
    throw new Wrong("not an http or https URL: " + text);
  }

  private static void set(Properties settings, String pair) throws Wrong {
    int equals = pair.indexOf('=');
    if (equals < 1) {
      throw new Wrong("--set needs KEY=VALUE, not " + pair);
    }
    String key = pair.substring(0, equals);
    if (key.equals("collector.token")) {
      throw new Wrong("a token on a command line is visible to all: use --token-file");
    }
    if (Setting.of(key) == null && !key.equals("config")) {
      throw new Wrong("--set " + key + ": no such setting; docs/settings.md lists all");
    }
    String value = pair.substring(equals + 1);
    settings.setProperty(key, key.equals("collector.url") ? url(value) : value);
  }

  private static String token(String file, InputStream standardInput) throws Wrong {
    try {
      byte[] bytes = file.equals(STANDARD_INPUT) ? line(standardInput) : content(file);
      String token = new String(bytes, StandardCharsets.UTF_8).strip();
      if (token.isEmpty() || token.chars().anyMatch(c -> c <= ' ' || c > '~')) {
        throw new Wrong("--token-file " + file + " must hold one token, without spaces");
      }
      return token;
    } catch (IOException e) {
      throw new Wrong("--token-file " + file + " cannot be read: " + e);
    }
  }

  /** One line and no more: the standard input of an ephemeral container does not end. */
  private static byte[] line(InputStream standardInput) throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    int next = standardInput.read();
    while (next >= 0 && next != '\n' && line.size() < FILE_MAX_BYTES) {
      line.write(next);
      next = standardInput.read();
    }
    return line.toByteArray();
  }

  /** An ephemeral container has no file of its own, and an authority is no secret. */
  private static byte[] certificates(String fileOrText) throws Wrong {
    return fileOrText.contains(PEM_BEGIN)
        ? fileOrText.getBytes(StandardCharsets.UTF_8)
        : content(fileOrText);
  }

  private static byte[] content(String file) throws Wrong {
    try (InputStream in = Files.newInputStream(Path.of(file))) {
      return in.readNBytes(FILE_MAX_BYTES);
    } catch (IOException | IllegalArgumentException e) {
      throw new Wrong(file + " cannot be read: " + e);
    }
  }
}
