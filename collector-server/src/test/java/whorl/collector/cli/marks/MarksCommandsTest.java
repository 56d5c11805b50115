package whorl.collector.cli.marks;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import whorl.collector.cli.CliRun;
import whorl.collector.cli.FakeCollector;
import whorl.collector.cli.terminal.ExitStatus;

final class MarksCommandsTest {
  private static final String EVIDENCE = "0199f0a2-7c51-7e43-9d5e-0a4b6c2d1e0f";
  private static final String MARKS = "GET /api/v1/evidence/" + EVIDENCE + "/marks";
  private static final String ROW = EVIDENCE + ":17";
  private static final String PUT = "PUT /api/v1/evidence/" + EVIDENCE + "/rows/17/mark";
  private static final String OTHERS =
      "{'row':17,'time':'2026-11-24T11:00:00Z','type':'whorl.FileOpen','message':'opened\\u001b x',"
          + "'star':false,'tags':['odd'],'by':'bob','mine':false,'version':4,"
          + "'at':'2026-11-24T11:00:00Z','changedAt':'2026-11-24T11:00:00Z'}";
  private static final String OWN =
      "{'row':17,'time':'2026-11-24T11:00:00Z','type':'whorl.FileOpen','message':'opened x',"
          + "'star':true,'tags':['b'],'note':'the way in','by':'alice','mine':true,'version':3,"
          + "'at':'2026-11-24T11:00:00Z','changedAt':'2026-11-24T11:00:00Z'}";

  private FakeCollector collector;
  private final CliRun cli = new CliRun();

  @BeforeEach
  void start() throws Exception {
    collector = new FakeCollector();
  }

  @AfterEach
  void stop() {
    collector.close();
  }

  private String lastBody() {
    return collector.requests.get(collector.requests.size() - 1).body();
  }

  @Test
  void list_isATable_withWhoMarkedWhat() {
    collector.on(MARKS, "{'marks':[" + OTHERS + "," + OWN + "]}");

    assertThat(cli.run(collector, "marks", "list", EVIDENCE)).isEqualTo(ExitStatus.DONE);

    assertThat(cli.out().lines().toList())
        .containsExactly(
            "WHAT\tMARK\tBY\tTIME\tROW",
            "opened\ufffd x\t[odd]\tbob\t2026-11-24 11:00:00Z\t17",
            "opened x\t★ [b] the way in\tyou\t2026-11-24 11:00:00Z\t17");
  }

  @Test
  void list_ofARowWithoutMarks_matchesNothing() {
    collector.on(MARKS, "{'marks':[]}");

    assertThat(cli.run(collector, "marks", "list", EVIDENCE, "--row", "5"))
        .isEqualTo(ExitStatus.NOTHING_MATCHED);
    assertThat(collector.requests.get(0).uri()).contains("row=5");
    assertThat(cli.run(collector, "marks", "list", EVIDENCE, "--json")).isEqualTo(ExitStatus.DONE);
  }

  @Test
  void changes_keepTheOtherPartsOfTheOwnMark() {
    collector
        .on(MARKS, "{'marks':[" + OTHERS + "," + OWN + "]}")
        .on(PUT, FakeCollector.Answer.json(200, OWN));

    assertThat(cli.run(collector, "marks", "tag", ROW, "c", "a")).isEqualTo(ExitStatus.DONE);
    assertThat(lastBody())
        .isEqualTo(
            "{\"star\":true,\"tags\":[\"a\",\"b\",\"c\"],\"note\":\"the way in\",\"version\":3}");
    assertThat(cli.run(collector, "marks", "note", ROW, "another")).isEqualTo(ExitStatus.DONE);
    assertThat(lastBody()).contains("\"note\":\"another\"", "\"tags\":[\"b\"]", "\"star\":true");
    assertThat(cli.run(collector, "marks", "remove", ROW, "--star", "--tag", "b"))
        .isEqualTo(ExitStatus.DONE);
    assertThat(lastBody())
        .isEqualTo("{\"star\":false,\"tags\":[],\"note\":\"the way in\",\"version\":3}");
    assertThat(cli.err()).contains("your mark on row 17 of evidence " + EVIDENCE + ": the way in");
  }

  @Test
  void star_onARowThatOthersMarked_isAMarkOfOnesOwn() {
    collector.on(MARKS, "{'marks':[" + OTHERS + "]}").on(PUT, FakeCollector.Answer.json(200, OWN));

    assertThat(cli.run(collector, "marks", "star", ROW)).isEqualTo(ExitStatus.DONE);

    assertThat(lastBody()).isEqualTo("{\"star\":true,\"tags\":[],\"version\":0}");
  }

  @Test
  void remove_takesAllOfTheOwnMark_andSaysWhereThereIsNone() {
    collector
        .on(
            MARKS,
            FakeCollector.Answer.json(200, "{'marks':[" + OWN + "]}"),
            FakeCollector.Answer.json(200, "{'marks':[" + OTHERS + "]}"))
        .on(PUT, FakeCollector.Answer.json(204, ""));

    assertThat(cli.run(collector, "marks", "remove", ROW)).isEqualTo(ExitStatus.DONE);
    assertThat(lastBody()).isEqualTo("{\"star\":false,\"tags\":[],\"version\":3}");
    assertThat(cli.err()).contains("removed your mark");
    assertThat(cli.run(collector, "marks", "remove", ROW)).isEqualTo(ExitStatus.NOTHING_MATCHED);
    assertThat(cli.err()).contains("you have no mark on row 17");
  }

  @Test
  void markThatWasChangedMeanwhile_isNotOverwritten() {
    collector
        .on(MARKS, "{'marks':[" + OWN + "]}")
        .on(
            PUT,
            FakeCollector.Answer.json(
                409,
                "{'title':'changed meanwhile','status':409,'detail':'your mark on row 17 was"
                    + " changed meanwhile; read it with GET /api/v1/evidence/"
                    + EVIDENCE
                    + "/marks?row=17'}"));

    assertThat(cli.run(collector, "marks", "star", ROW)).isEqualTo(ExitStatus.FAILED);

    assertThat(cli.err()).contains("changed meanwhile").doesNotContain("/api/v1");
  }

  @Test
  void rows_areNamedWithTheirEvidence() {
    for (String wrong : new String[] {"17", EVIDENCE, EVIDENCE + ":x", ":17", "latest:-1"}) {
      assertThat(cli.run(collector, "marks", "star", wrong))
          .as(wrong)
          .isEqualTo(ExitStatus.WRONG_USAGE);
    }
    assertThat(cli.err()).contains("give EVIDENCE:ROW, such as latest:4711");
    assertThat(collector.requests).isEmpty();
  }

  @Test
  void latest_isTheNewestEvidence() {
    collector
        .on("GET /api/v1/ids", "{'ids':[{'id':'" + EVIDENCE + "'}]}")
        .on(MARKS, "{'marks':[]}")
        .on(PUT, FakeCollector.Answer.json(200, OWN));

    assertThat(cli.run(collector, "marks", "star", "latest:shop:17")).isEqualTo(ExitStatus.DONE);

    assertThat(collector.requests.get(0).uri()).contains("id=latest", "service=shop");
  }
}
