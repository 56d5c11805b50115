package whorl.collector.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;

/**
 * {@code docs/cli.md} equals the output of {@code --help}; {@code -Dwhorl.docs.write=true} writes
 * it.
 */
final class CliDocumentTest {
  private static final Path DOCUMENT = Path.of("../docs/cli.md");
  private static final String AN_ID = "0199f0a2-7c51-7e43-9d5e-0a4b6c2d1e0f";
  private static final Pattern WORD = Pattern.compile("(?:[^\\s\"']|\"[^\"]*\"|'[^']*')+");

  @Test
  void document_equalsTheHelp() throws IOException {
    String document = document();
    if (Boolean.getBoolean("whorl.docs.write")) {
      Files.createDirectories(DOCUMENT.getParent());
      Files.writeString(DOCUMENT, document);
    }
    assertThat(DOCUMENT).as("write it again with -Dwhorl.docs.write=true").hasContent(document);
  }

  @Test
  void examples_areCommandsThatExist_withTheirOptions() {
    for (Map.Entry<String, CommandLine> command :
        CommandTree.of(new CliRun().commandLine()).entrySet()) {
      String footer =
          String.join("\n", command.getValue().getCommandSpec().usageMessage().footer());
      for (String line : footer.replace("\\\n", "").split("\n")) {
        int start = line.indexOf("whorl ");
        if (line.startsWith("  ") && start >= 0 && !line.contains("$")) {
          assertThatCode(() -> parse(line.substring(start)))
              .as(command.getKey() + ": " + line)
              .doesNotThrowAnyException();
        }
      }
    }
  }

  /** As a shell would pass it on, up to a redirection, with an id in place of words in capitals. */
  private static void parse(String example) {
    List<String> words = new ArrayList<>();
    Matcher word = WORD.matcher(example.replaceAll(" >>? .*", "").replace("%%", "%"));
    while (word.find()) {
      words.add(word.group().replaceAll("[\"']", "").replaceAll("\\b[A-Z-]{2,}\\b", AN_ID));
    }
    new CliRun().commandLine().parseArgs(words.subList(1, words.size()).toArray(String[]::new));
  }

  private static String document() {
    StringBuilder text =
        new StringBuilder(
            """
            # The command line

            `whorl` stands for `java -jar whorl-collector.jar`; `alias whorl='java -jar \
            /opt/whorl/whorl-collector.jar'` makes it
            true. This page is made from `--help` and a test keeps it so.

            Results go to standard output, all else to standard error. Tables fit themselves to the \
            terminal and show times in
            UTC: where one is too wide, ids get their last eight characters, and columns are left \
            out, the last first. Where the
            output is no terminal, all is there, with tabs between. Colours appear on terminals \
            only, and not where `NO_COLOR` is
            set. Programs read `--json`, which is what the collector's API says; lists leave out \
            what is long.

            **Ids** can be given whole; by their first or last characters, at least four, if only \
            one has them, so the short form
            of tables will do; as `latest`; or as `latest:SERVICE`. If several are meant, the \
            status is 2 and they are listed.

            **Times** are `2026-11-29T08:00:00Z` or with another offset, `2026-11-29`, `17:06` (the \
            last one, in UTC), `today`, `yesterday`,
            `now`, or how long ago: `30s`, `10m`, `2h`, `3d`. `--since` and `--from` are the same, \
            and so are `--until` and `--to`.

            **In a shell**, `whorl completion bash` (zsh, fish, powershell) prints a script that \
            completes commands, options and values.
            It changes only with the version of `whorl`, so write it to a file once. What a \
            collector knows, such as services, ids
            and cases, is asked for at the Tab key, within two seconds; without a login nothing is \
            offered.
            """);
    for (Map.Entry<String, CommandLine> command :
        CommandTree.of(new CliRun().commandLine()).entrySet()) {
      text.append("\n## ").append(command.getKey()).append("\n\n```\n");
      text.append(command.getValue().getUsageMessage(Ansi.OFF).strip()).append("\n```\n");
    }
    return text.toString();
  }
}
