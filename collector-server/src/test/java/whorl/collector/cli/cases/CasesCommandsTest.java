package whorl.collector.cli.cases;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import whorl.collector.cli.CliRun;
import whorl.collector.cli.FakeCollector;
import whorl.collector.cli.terminal.ExitStatus;

final class CasesCommandsTest {
  private static final String CASE =
      "{'id':'case-0001','title':'Shell\\u001b in the shop','description':'two\\nlines',"
          + "'state':'open','createdAt':'2026-11-24T11:00:00Z','createdBy':'responder-01234567',"
          + "'evidence':['evidence-1'],'tags':['shop','urgent'],'notes':[{'id':'note-0001',"
          + "'at':'2026-11-24T11:30:00Z','by':'responder-01234567','text':'the way in',"
          + "'row':'evidence-1:17'}],'evidenceCount':1,'noteCount':1,"
          + "'hold':{'by':'responder-01234567','at':'2026-11-24T11:10:00Z',"
          + "'reason':'litigation'},'lines':[{'id':'evidence-1','service':'shop',"
          + "'sealedAt':'2026-11-24T11:20:00Z','state':'sealed','level':'critical',"
          + "'gravest':{'examination':'done','level':'critical','title':'A shell'}}]}";

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

  @Test
  void list_isATable_orJson() {
    collector.on("GET /api/v1/cases", "{'cases':[" + CASE + "]}");

    assertThat(cli.run(collector, "cases", "list", "--state", "open", "--tag", "shop"))
        .isEqualTo(ExitStatus.DONE);
    assertThat(cli.out().lines().toList().get(1))
        .isEqualTo(
            "Shell\ufffd in the shop\topen\tyes\tshop, urgent\t1\t1\t2026-11-24 11:00:00Z"
                + "\tcase-0001");
    assertThat(collector.requests.get(0).uri())
        .isEqualTo("/api/v1/cases?state=open&tag=shop&limit=100");

    assertThat(cli.run(collector, "cases", "list", "--json")).isEqualTo(ExitStatus.DONE);
    assertThat(cli.out()).contains("\"reason\" : \"litigation\"").doesNotContain("\u001b");
  }

  @Test
  void show_printsAllFields() {
    collector.on("GET /api/v1/cases/case-0001", CASE);

    assertThat(cli.run(collector, "cases", "show", "case-0001")).isEqualTo(ExitStatus.DONE);

    assertThat(cli.out())
        .contains(
            "On hold:   by responder-01234567 on 2026-11-24 11:10:00Z: litigation\n",
            "\ntwo\nlines\n",
            "LEVEL\tEVIDENCE\t",
            "critical\tA shell\tshop\t2026-11-24 11:20:00Z\tsealed\tevidence-1\n",
            "  2026-11-24 11:30:00Z responder-01234567, on row evidence-1:17\n    the way in\n");
  }

  @Test
  void create_printsTheId_andAddsTheGivenEvidence() {
    collector.on("POST /api/v1/cases", FakeCollector.Answer.json(201, CASE));
    collector.on("PUT /api/v1/cases/case-0001/evidence/evidence-1", "{}");

    int status =
        cli.run(collector, "cases", "create", "A title", "--tag", "a", "--evidence", "evidence-1");

    assertThat(status).isEqualTo(ExitStatus.DONE);
    assertThat(cli.out()).isEqualTo("case-0001\n");
    assertThat(collector.requests.get(0).body())
        .isEqualTo("{\"title\":\"A title\",\"tags\":[\"a\"]}");
    assertThat(collector.requests).hasSize(2);
  }

  @Test
  void changes_sendTheMatchingRequests() {
    collector
        .on("POST /api/v1/cases/case-0001/notes", FakeCollector.Answer.json(201, "{}"))
        .on("PUT /api/v1/cases/case-0001/evidence/evidence-2", "{}")
        .on("DELETE /api/v1/cases/case-0001/evidence/evidence-1", "{}")
        .on("PUT /api/v1/cases/case-0001/hold", CASE)
        .on("DELETE /api/v1/cases/case-0001/hold", CASE)
        .on("PATCH /api/v1/cases/case-0001", CASE)
        .on("PUT /api/v1/evidence/evidence-1/hold", "{'held':true,'holds':[]}")
        .on("DELETE /api/v1/evidence/evidence-1", "{}");

    for (String line :
        new String[] {
          "cases note case-0001 text --row evidence-1:1",
          "cases add case-0001 evidence-2",
          "cases remove case-0001 evidence-1",
          "cases hold case-0001 --reason why",
          "cases release case-0001 --reason a&b",
          "cases close case-0001",
          "evidence hold evidence-1 --reason why",
          "evidence purge evidence-1 --reason old --yes"
        }) {
      assertThat(cli.run(collector, line.split(" "))).as(line).isEqualTo(ExitStatus.DONE);
    }

    assertThat(collector.requests)
        .extracting(requests -> requests.method() + " " + requests.uri() + " " + requests.body())
        .containsExactly(
            "POST /api/v1/cases/case-0001/notes {\"text\":\"text\",\"row\":\"evidence-1:1\"}",
            "PUT /api/v1/cases/case-0001/evidence/evidence-2 {}",
            "DELETE /api/v1/cases/case-0001/evidence/evidence-1 ",
            "PUT /api/v1/cases/case-0001/hold {\"reason\":\"why\"}",
            "DELETE /api/v1/cases/case-0001/hold?reason=a%26b ",
            "PATCH /api/v1/cases/case-0001 {\"state\":\"closed\"}",
            "PUT /api/v1/evidence/evidence-1/hold {\"reason\":\"why\"}",
            "DELETE /api/v1/evidence/evidence-1?reason=old ");
  }

  @Test
  void release_printsRemainingHolds() {
    collector.on(
        "DELETE /api/v1/evidence/evidence-1/hold",
        "{'held':true,'holds':[{'case':'case-0001','by':'admin-1','at':'2026-11-24T11:10:00Z',"
            + "'reason':'litigation'}]}");

    assertThat(cli.run(collector, "evidence", "release", "evidence-1")).isEqualTo(ExitStatus.DONE);

    assertThat(cli.err())
        .contains("still held by its cases", "case case-0001, by admin-1", "litigation");
  }

  @Test
  void purge_asks_andNeedsAReason() {
    assertThat(cli.run(collector, "evidence", "purge", "evidence-1", "--reason=old"))
        .isEqualTo(ExitStatus.WRONG_USAGE);
    assertThat(cli.err()).contains("purge for good evidence-1?", "give --yes");
    assertThat(cli.run(collector, "evidence", "purge", "evidence-1", "--yes"))
        .isEqualTo(ExitStatus.WRONG_USAGE);
    assertThat(cli.err()).contains("--reason");
    assertThat(cli.run(collector, "evidence", "purge", "latest", "--reason=old", "--yes"))
        .isEqualTo(ExitStatus.WRONG_USAGE);
    assertThat(cli.err()).contains("name what is to be purged by its id");
    assertThat(collector.requests).isEmpty();
  }

  @Test
  void purge_ofHeldEvidence_failsWithTheReason() {
    collector.on(
        "DELETE /api/v1/evidence/evidence-1",
        FakeCollector.Answer.json(
            409, "{'title':'on hold','status':409,'detail':'evidence evidence-1 is held: x'}"));

    assertThat(cli.run(collector, "evidence", "purge", "evidence-1", "--reason=old", "--yes"))
        .isEqualTo(ExitStatus.FAILED);
    assertThat(cli.err()).contains("whorl: on hold: evidence evidence-1 is held: x");
  }

  @Test
  void hold_withoutAReason_isWrongUsage() {
    assertThat(cli.run(collector, "evidence", "hold", "evidence-1"))
        .isEqualTo(ExitStatus.WRONG_USAGE);
    assertThat(cli.run(collector, "cases", "hold", "../x", "--reason", "r"))
        .isEqualTo(ExitStatus.WRONG_USAGE);
    assertThat(collector.requests).isEmpty();
  }
}
