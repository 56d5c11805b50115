package whorl.collector.cli.completion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import whorl.collector.cli.CliRun;
import whorl.collector.cli.FakeCollector;

final class CompletionTest {
  @TempDir private Path folder;

  private static String script(String shell) {
    CliRun run = new CliRun();
    assertThat(run.run("completion", shell)).isZero();
    return run.out();
  }

  /** What bash offers for the last of these words, with {@code whorl} as this function. */
  private List<String> offered(String whorl, String... words) throws Exception {
    Path bash = Path.of("/bin/bash");
    assumeTrue(Files.isExecutable(bash), "there is no bash: its completion is not tried");
    Path file = folder.resolve("try.sh");
    StringBuilder line = new StringBuilder("COMP_WORDS=(whorl");
    for (String word : words) {
      line.append(" '").append(word).append('\'');
    }
    Files.writeString(
        file,
        script("bash")
            + "\nwhorl() { "
            + whorl
            + "; }\n"
            + line
            + ")\nCOMP_CWORD="
            + words.length
            + "\n_whorl\nprintf '%s\\n' \"${COMPREPLY[@]}\"\n");
    Process process =
        new ProcessBuilder(bash.toString(), "--norc", file.toString())
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .start();
    process.getOutputStream().close();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
    return new ArrayList<>(out.lines().filter(each -> !each.isEmpty()).toList());
  }

  @ParameterizedTest
  @CsvSource({
    "evid, evidence",
    "evidence sh, show",
    "alerts --lev, --level",
    "alerts --level cr, critical",
    "alerts --service evidence --level cr, critical",
    "alerts --level = hi, high",
    "alerts --state open;ack, open;acknowledged",
    "timeline --format times, timesketch",
    "capture --artifacts heap;thr, heap;threads",
    "completion fi, fish",
    "cases list --state cl, closed",
  })
  void bash_completesWhatIsFixed(String typed, String expected) throws Exception {
    assertThat(offered("false", typed.replace(';', ',').split(" ")))
        .containsExactly(expected.replace(';', ','));
  }

  @Test
  void bash_asksForWhatACollectorKnows() throws Exception {
    String ids = "printf 'latest\\tthe newest\\n01a2-%s\\ta shop\\n' \"$2\"";
    assertThat(offered(ids, "evidence", "show", "01a")).containsExactly("01a2-evidence");
    assertThat(offered(ids, "cases", "add", "")).containsExactly("latest", "01a2-case");
    assertThat(offered(ids, "cases", "add", "x", "01a")).containsExactly("01a2-evidence");
    assertThat(offered(ids, "cases", "add", "x", "y", "01a")).containsExactly("01a2-evidence");
    assertThat(offered(ids, "capture", "--service", "")).contains("01a2-service");
    assertThat(offered("exit 1", "evidence", "show", "")).isEmpty();
  }

  @Test
  void bash_neverRunsWhatACollectorSays() throws Exception {
    String hostile = "printf '%s\\n' '$(touch owned)' '`touch owned`' ';touch owned' '*'";

    assertThat(offered(hostile, "capture", "--service", "")).hasSize(4);

    assertThat(folder.resolve("owned")).doesNotExist();
  }

  @Test
  void bash_completesFiles() throws Exception {
    Files.writeString(folder.resolve("case-17.zip"), "");
    assertThat(offered("false", "verify", "case")).containsExactly("case-17.zip");
    assertThat(offered("false", "timeline", "--out", "case")).containsExactly("case-17.zip");
  }

  @Test
  void scripts_areStatic_andKnowEveryCommand() {
    for (String shell : List.of("bash", "zsh", "fish", "powershell")) {
      assertThat(script(shell))
          .as(shell)
          .contains("evidence", "worst-first", "critical", "whorl complete", "timesketch")
          .isEqualTo(script(shell));
    }
    assertThat(script("zsh")).contains("bashcompinit");
    assertThat(script("fish"))
        .contains("complete -c whorl -n \"__whorl_at 'whorl alerts'\" -l level -x -a 'info");
    assertThat(script("powershell"))
        .contains("Register-ArgumentCompleter -Native -CommandName whorl")
        .contains("'whorl cases add *' = 'from evidence'");
  }

  @Test
  void values_areThoseOfTheCollector_withoutHostileOnes() throws IOException {
    try (FakeCollector collector = new FakeCollector()) {
      collector.on(
          "GET /api/v1/agents/services",
          "{'services':[{'service':'shop','namespace':'prod'},{'service':'$(id)','namespace':'a b'},"
              + "{'service':'-x','namespace':null}]}");
      collector.on(
          "GET /api/v1/evidence",
          "{'evidence':[{'id':'evidence-1','service':'shop',"
              + "'gravest':{'title':'A shell\\u001b[2J'}}]}");
      CliRun services = new CliRun();
      assertThat(services.run(collector, "complete", "service")).isZero();
      assertThat(services.out()).isEqualTo("shop\n");
      CliRun evidence = new CliRun();
      evidence.run(collector, "complete", "evidence");
      assertThat(evidence.out().lines())
          .containsExactly("latest\tthe newest", "evidence-1\tshop A shell\uFFFD[2J");
    }
  }

  @Test
  void values_withoutACollectorOrALogin_areNone_andQuiet() throws IOException {
    CliRun nobody = new CliRun().with("WHORL_COLLECTOR_URL", "http://127.0.0.1:1");
    assertThat(nobody.run("complete", "service")).isZero();
    assertThat(nobody.out() + nobody.err()).isEmpty();
    try (FakeCollector collector = new FakeCollector()) {
      collector.on("GET /api/v1/cases", FakeCollector.Answer.json(401, "{'title':'unauthorized'}"));
      CliRun refused = new CliRun();
      assertThat(refused.run(collector, "complete", "case")).isZero();
      assertThat(refused.out().lines()).containsExactly("latest\tthe newest");
      assertThat(refused.err()).isEmpty();
      assertThat(refused.run(collector, "complete", "nonsense")).isZero();
    }
  }
}
