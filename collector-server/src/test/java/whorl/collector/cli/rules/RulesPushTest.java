package whorl.collector.cli.rules;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import whorl.collector.cli.CliRun;
import whorl.collector.cli.FakeCollector;
import whorl.collector.cli.FakeCollector.Answer;
import whorl.collector.cli.terminal.ExitStatus;

class RulesPushTest {
  private static final String RULE =
      "title: x\nlogsource: {product: jvm, category: file_event}\n"
          + "detection: {s: {path: /x}, condition: s}\n";
  private static final String SET =
      "{'name':'my-rules','version':3,'target':{'service':'shop','labels':{'team':'a'}},"
          + "'pushedAt':'2026-11-24T10:00:00Z','pushedBy':'admin-1','loaded':1,'refused':1,"
          + "'waiting':0,'unsupported':0,'agents':[{'agent':'agent-00000001','service':'shop',"
          + "'pod':'shop-1','host':'n','state':'refused','version':2,'rules':4,"
          + "'problems':['rule y: no such field']}]}";

  @TempDir Path folder;
  private FakeCollector collector;
  private final CliRun cli = new CliRun();

  @BeforeEach
  void start() throws IOException {
    collector = new FakeCollector();
  }

  @AfterEach
  void stop() {
    collector.close();
  }

  private int run(String... arguments) {
    String[] all = new String[arguments.length + 2];
    System.arraycopy(arguments, 0, all, 0, arguments.length);
    all[arguments.length] = "--url=" + collector.url();
    all[arguments.length + 1] = "--token=t";
    return cli.run(all);
  }

  private String file(String name, String yaml) throws IOException {
    return Files.writeString(folder.resolve(name), yaml).toString();
  }

  @Test
  void push_sendsTextAndTarget_namedAfterTheFile() throws IOException {
    collector.on("PUT /api/v1/rules/my-rules", Answer.json(200, SET));

    int status =
        run("rules", "push", file("My Rules.yml", RULE), "--service=shop", "--label=team=a");

    assertThat(status).isEqualTo(ExitStatus.DONE);
    assertThat(collector.requests.get(1).body())
        .contains("\"service\":\"shop\"", "\"team\":\"a\"", "title: x");
    assertThat(cli.err()).contains("pushed my-rules version 3").doesNotContain("was for");
  }

  @Test
  void push_inPlaceOfASetForOthers_saysWhoNoLongerHasIt() throws IOException {
    collector.on("GET /api/v1/rules/my-rules", Answer.json(200, SET));
    collector.on(
        "PUT /api/v1/rules/my-rules",
        Answer.json(200, SET.replace("'version':3", "'version':4").replace("shop", "bank")));

    assertThat(run("rules", "push", file("my-rules.yml", RULE), "--service=bank"))
        .isEqualTo(ExitStatus.DONE);

    assertThat(cli.err())
        .contains(
            "version 3 was for service=shop, team=a, by admin-1",
            "agents that are not of service=bank, team=a no longer have it",
            "whorl rules show my-rules --version 3");
  }

  @Test
  void push_ofTheNextVersion_forTheSameAgents_saysNothingOfTheTarget() throws IOException {
    collector.on("GET /api/v1/rules/my-rules", Answer.json(200, SET));
    collector.on("PUT /api/v1/rules/my-rules", Answer.json(200, SET));

    assertThat(run("rules", "push", file("my-rules.yml", RULE), "--service=shop"))
        .isEqualTo(ExitStatus.DONE);

    assertThat(cli.err()).contains("pushed my-rules").doesNotContain("was for");
  }

  @Test
  void push_brokenFile_isNotSent_unlessUnchecked() throws IOException {
    collector.on("PUT /api/v1/rules/my-rules", Answer.json(200, SET));
    String broken = file("my-rules.yml", "title: x\n");

    assertThat(run("rules", "push", broken, "--service=shop")).isEqualTo(ExitStatus.FAILED);
    assertThat(collector.requests).isEmpty();
    assertThat(cli.err()).contains("logsource is missing", "nothing was pushed");
    assertThat(run("rules", "push", broken, "--service=shop", "--unchecked"))
        .isEqualTo(ExitStatus.DONE);
    assertThat(collector.requests).last().extracting(each -> each.method()).isEqualTo("PUT");
  }

  @Test
  void push_withoutTarget_isWrongUsage() throws IOException {
    assertThat(run("rules", "push", file("a.yml", RULE))).isEqualTo(ExitStatus.WRONG_USAGE);
    assertThat(
            run(
                "rules",
                "push",
                file("a.yml", RULE),
                file("b.yml", RULE),
                "--name=c",
                "--service=s"))
        .isEqualTo(ExitStatus.WRONG_USAGE);
    assertThat(collector.requests).isEmpty();
  }

  @Test
  void list_showsSets_andOneAgentByAgent() {
    collector.on("GET /api/v1/rules", Answer.json(200, "{'rules':[" + SET + "]}"));
    collector.on("GET /api/v1/rules/my-rules", Answer.json(200, SET));

    assertThat(run("rules", "list")).isEqualTo(ExitStatus.DONE);
    assertThat(cli.out()).contains("my-rules", "service=shop, team=a");
    assertThat(run("rules", "list", "my-rules")).isEqualTo(ExitStatus.DONE);
    assertThat(cli.out()).contains("refused", "problem at agent-00000001: rule y: no such field");
  }

  @Test
  void show_printsTheText_andWritesAnEarlierVersionAsItIs() throws IOException {
    String text = SET.replace("'loaded'", "'rules':'title: x\\nlevel: low\\n','loaded'");
    collector.on("GET /api/v1/rules/my-rules", Answer.json(200, text));
    Path file = folder.resolve("my-rules.yml");

    assertThat(run("rules", "show", "my-rules")).isEqualTo(ExitStatus.DONE);
    assertThat(cli.out()).isEqualTo("title: x\nlevel: low\n");
    assertThat(cli.err()).contains("my-rules version 3 for service=shop, team=a");
    assertThat(run("rules", "show", "my-rules", "--version", "3", "--out", file.toString()))
        .isEqualTo(ExitStatus.DONE);
    assertThat(file).hasContent("title: x\nlevel: low\n");
    assertThat(collector.requests.get(1).uri()).endsWith("?version=3");
  }

  @Test
  void remove_deletes_andReportsIt() {
    collector.on("DELETE /api/v1/rules/my-rules", new Answer(204, Map.of(), new byte[0], -1));

    assertThat(run("rules", "remove", "my-rules")).isEqualTo(ExitStatus.DONE);
    assertThat(cli.err()).contains("removed my-rules");
  }
}
