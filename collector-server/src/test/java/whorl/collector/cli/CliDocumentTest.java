package whorl.collector.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;

/**
 * {@code docs/cli.md} equals the output of {@code --help}; {@code -Dwhorl.docs.write=true} writes
 * it.
 */
final class CliDocumentTest {
  private static final Path DOCUMENT = Path.of("../docs/cli.md");

  @Test
  void document_equalsTheHelp() throws IOException {
    String document = document();
    if (Boolean.getBoolean("whorl.docs.write")) {
      Files.createDirectories(DOCUMENT.getParent());
      Files.writeString(DOCUMENT, document);
    }
    assertThat(DOCUMENT).as("write it again with -Dwhorl.docs.write=true").hasContent(document);
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
            UTC; colours appear on terminals only, and not where `NO_COLOR` is set. Programs read \
            `--json`, which is what the
            collector's API says.
            """);
    for (Map.Entry<String, CommandLine> command :
        CommandTree.of(new CliRun().commandLine()).entrySet()) {
      text.append("\n## ").append(command.getKey()).append("\n\n```\n");
      text.append(command.getValue().getUsageMessage(Ansi.OFF).strip()).append("\n```\n");
    }
    return text.toString();
  }
}
