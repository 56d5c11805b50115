package whorl.collector.cli.evidence;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import whorl.collector.cli.CliRun;
import whorl.collector.cli.terminal.ExitStatus;
import whorl.collector.custody.proof.SignerKey;
import whorl.collector.custody.proof.VerifierKey;
import whorl.collector.custody.verify.Anchors;
import whorl.evidence.Digest;
import whorl.evidence.Json;

final class VerifyCommandTest {
  @TempDir private Path folder;

  private final CliRun cli =
      new CliRun()
          .verifier(
              (path, anchors) -> {
                if (path.endsWith("none.txt")) {
                  throw new IOException("holds no evidence");
                }
                boolean bad = path.endsWith("bad.zip");
                return CliRun.report(
                    1,
                    1,
                    10,
                    bad ? List.of("artifact a\u001b[2J: one", "custody: two") : List.of(),
                    List.of("not signed"));
              });

  private String file(String name) throws IOException {
    return Files.writeString(folder.resolve(name), "x").toString();
  }

  @Test
  void verify_intact_isDone() throws Exception {
    String good = file("good.zip");
    assertThat(cli.run("verify", good)).isEqualTo(ExitStatus.DONE);
    assertThat(cli.out()).isEqualTo(good + ": verified, 1 artifact, 10 B\n  note: not signed\n");
  }

  @Test
  void verify_anyProblem_exitsThreeAndNamesEach() throws Exception {
    assertThat(cli.run("verify", file("good.zip"), file("bad.zip")))
        .isEqualTo(ExitStatus.VERIFICATION_FAILED);
    assertThat(cli.out())
        .contains(
            "NOT verified", "  problem: artifact a\uFFFD[2J: one\n", "  problem: custody: two");
  }

  @Test
  void verify_json_hasEveryProblem() throws Exception {
    assertThat(cli.run("verify", "--json", file("bad.zip")))
        .isEqualTo(ExitStatus.VERIFICATION_FAILED);
    JsonNode result = Json.MAPPER.readTree(cli.out()).at("/results/0");
    assertThat(result.at("/verified").asBoolean()).isFalse();
    assertThat(result.at("/problems/1").asText()).isEqualTo("custody: two");
  }

  @Test
  void verify_otherFiles_areAnotherFailure() throws Exception {
    assertThat(cli.run("verify", file("none.txt"))).isEqualTo(ExitStatus.FAILED);
    assertThat(cli.err()).contains("none.txt: holds no evidence", "give a bag");
    assertThat(cli.run("verify", folder.resolve("absent").toString())).isEqualTo(ExitStatus.FAILED);
    assertThat(cli.err()).contains("no such file");
  }

  @Test
  void verify_keysFromElsewhere_reachTheCheck_andOthersAreWrongUsage() throws Exception {
    String logKey = SignerKey.make("log", new SecureRandom()).verifier().text();
    List<Anchors> asked = new ArrayList<>();
    CliRun keys =
        new CliRun()
            .verifier(
                (path, anchors) -> {
                  asked.add(anchors);
                  return CliRun.report(1, 1, 10, List.of(), List.of());
                });

    assertThat(
            keys.run("verify", file("a.zip"), "--agent-key", "A".repeat(64), "--log-key", logKey))
        .isEqualTo(ExitStatus.DONE);
    assertThat(asked.get(0).agentKeys()).containsExactly(new Digest("a".repeat(64)));
    assertThat(asked.get(0).logKeys()).extracting(VerifierKey::text).containsExactly(logKey);
    for (String option : List.of("--agent-key=abc", "--log-key=abc")) {
      assertThat(keys.run("verify", file("a.zip"), option)).isEqualTo(ExitStatus.WRONG_USAGE);
      assertThat(keys.err()).contains(option.substring(0, option.indexOf('=')));
    }
  }

  @Test
  void verify_nothing_isWrongUsage() {
    assertThat(cli.run("verify")).isEqualTo(ExitStatus.WRONG_USAGE);
  }
}
