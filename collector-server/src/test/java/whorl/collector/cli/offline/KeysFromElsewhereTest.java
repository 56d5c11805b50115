package whorl.collector.cli.offline;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import whorl.collector.cli.CliRun;
import whorl.collector.cli.FakeCollector;
import whorl.collector.cli.terminal.ExitStatus;
import whorl.collector.custody.proof.SignerKey;
import whorl.collector.custody.proof.VerifierKey;
import whorl.collector.custody.verify.Anchors;
import whorl.collector.offline.Source;

/** What is opened, imported or reported on can be compared with keys from elsewhere first. */
class KeysFromElsewhereTest {
  private static final String IMPORT = "POST /api/v1/evidence/import";

  @TempDir private Path folder;
  private final String key = SignerKey.make("log", new SecureRandom()).verifier().text();
  private final List<Anchors> asked = new ArrayList<>();
  private Path bag;

  @BeforeEach
  void make() throws Exception {
    bag = Files.write(folder.resolve("bag.zip"), new byte[] {1});
  }

  private CliRun cli(String... problems) {
    return new CliRun()
        .verifier(
            (path, anchors) -> {
              asked.add(anchors);
              return CliRun.report(1, 1, 10, List.of(problems), List.of("the keys"));
            });
  }

  @Test
  void import_ofABagOfAnotherLog_sendsNothing() throws Exception {
    try (FakeCollector collector = new FakeCollector()) {
      CliRun cli = cli("it is of another log");
      assertThat(cli.run(collector, "import", bag.toString(), "--log-key", key))
          .isEqualTo(ExitStatus.VERIFICATION_FAILED);

      assertThat(collector.requests).isEmpty();
      assertThat(asked.get(0).logKeys()).containsExactly(VerifierKey.parse(key));
      assertThat(cli.err()).contains("it is of another log");
    }
  }

  @Test
  void import_ofABagOfTheLog_isSent() throws Exception {
    try (FakeCollector collector = new FakeCollector()) {
      collector.on(IMPORT, FakeCollector.Answer.json(201, "{'id':'one','imported':true}"));

      assertThat(cli().run(collector, "import", bag.toString(), "--log-key", key))
          .isEqualTo(ExitStatus.DONE);
      assertThat(collector.requests).hasSize(1);
    }
  }

  @Test
  void openAndReport_compareTheBag_beforeItIsOpened() {
    for (List<String> command :
        List.of(List.of("open", bag.toString()), List.of("report", "--bag", bag.toString()))) {
      asked.clear();
      List<String> arguments = new ArrayList<>(command);
      arguments.addAll(List.of("--agent-key", "a".repeat(64)));

      assertThat(cli("not this key").run(arguments.toArray(String[]::new)))
          .as(command.get(0))
          .isEqualTo(ExitStatus.VERIFICATION_FAILED);
      assertThat(asked.get(0).agentKeys()).hasSize(1);
    }
  }

  @Test
  void singleFile_cannotBeCompared() throws Exception {
    Path single = Files.write(folder.resolve("recording.jfr"), new byte[] {1});
    CliRun cli = cli();

    assertThat(cli.run("open", single.toString(), "--log-key", key))
        .isEqualTo(ExitStatus.VERIFICATION_FAILED);
    assertThat(asked).isEmpty();
    assertThat(cli.err()).contains("not verified: a single file has no manifest");
  }

  @Test
  void whatIsOpened_saysWhetherItWasCompared() throws Exception {
    List<Source> sources = new ArrayList<>();
    CliRun cli =
        cli()
            .opener(
                evidence -> {
                  sources.addAll(evidence.sources());
                  throw new IOException("seen");
                });

    assertThat(cli.run("open", bag.toString(), "--log-key", key)).isEqualTo(ExitStatus.FAILED);
    assertThat(cli.run("open", bag.toString())).isEqualTo(ExitStatus.FAILED);

    assertThat(sources).extracting(Source::compared).containsExactly(true, false);
  }
}
