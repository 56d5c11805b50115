package whorl.collector.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import org.junit.jupiter.api.Test;
import whorl.collector.cli.terminal.ExitStatus;
import whorl.evidence.Json;

/** Evidence, captures, custody and retention. */
final class EvidenceListingsTest extends ListingsFixture {
  @Test
  void captures_sayHowFarTheyAre_andWhyTheyFailed() {
    collector.on(
        "GET /api/v1/captures",
        "{'captures':[{'id':'capture-1','agent':'agent-0001','service':'shop','state':'shipping',"
            + "'reason':'odd lookups','progress':{'bytes':3145728,'of':6291456},"
            + "'requestedAt':'2026-11-24T11:00:00Z','artifacts':[]},"
            + "{'id':'capture-2','agent':'agent-0001','service':'shop','state':'failed',"
            + "'reason':'odd lookups','progress':{'bytes':0,'of':0},"
            + "'requestedAt':'2026-11-24T10:00:00Z','failure':'the agent went away'}]}");

    assertThat(cli.run(collector, "captures", "--service", "shop", "--state", "Shipping"))
        .isEqualTo(ExitStatus.DONE);

    assertThat(collector.requests.get(0).uri())
        .isEqualTo("/api/v1/captures?service=shop&state=shipping&limit=100");
    List<String> lines = cli.out().lines().toList();
    assertThat(lines.get(1)).contains("2026-11-24 11:00:00Z", "shipping", "odd lookups", "3.0 MiB");
    assertThat(lines.get(2)).contains("failed", "the agent went away", "capture-2");
  }

  @Test
  void captures_inAnUnknownState_areWrongUsage_withTheStates() {
    assertThat(cli.run(collector, "captures", "--state", "bogus"))
        .isEqualTo(ExitStatus.WRONG_USAGE);

    assertThat(cli.err()).contains("requested, running, shipping, sealed, partial, failed");
  }

  /** No collector can filter by it: what is lost is in every list. */
  @Test
  void evidence_lost_isNoFilter() {
    assertThat(cli.run(collector, "evidence", "list", "--state", "lost"))
        .isEqualTo(ExitStatus.WRONG_USAGE);

    assertThat(cli.err()).contains("not one of sealed, partial, failed");
    assertThat(collector.requests).isEmpty();
  }

  @Test
  void retention_showsLimits_andWhatIsPurgedNext() {
    collector.on(
        "GET /api/v1/retention",
        "{'classes':[{'class':'alert','maxAgeSeconds':2592000,'evidence':3,'bytes':3145728,"
            + "'held':1,'heldBytes':1,'oldest':'2026-11-01T00:00:00Z','due':1,'dueBytes':9}],"
            + "'all':{'class':'all','maxBytes':10737418240,'evidence':3,'bytes':3145728,'held':1,"
            + "'heldBytes':1,'due':0,'dueBytes':0},'nextPass':'2026-11-24T13:00:00Z',"
            + "'lastPass':null,'waits':null,'next':[{'evidence':'evidence-1','class':'alert',"
            + "'sealedAt':'2026-10-01T00:00:00Z','bytes':9,'why':'older than 30 days'}]}");

    assertThat(cli.run(collector, "retention")).isEqualTo(ExitStatus.DONE);

    assertThat(cli.out())
        .contains("30 days", "10.0 GiB", "2026-11-01 00:00:00Z")
        .contains("evidence-1", "older than 30 days");
    assertThat(cli.err()).contains("the next pass is at 2026-11-24 13:00:00Z");
  }

  @Test
  void custody_isListedPageAfterPage() {
    collector.on(
        "GET /api/v1/custody",
        "{'entries':[{'sequence':3,'time':'2026-11-24T11:00:00Z','action':'sealed',"
            + "'actor':'collector','detail':{}},{'sequence':9,'time':'2026-11-24T12:00:00Z',"
            + "'action':'exported','actor':'token responder-1','detail':{'artifact':'bag'}}],"
            + "'size':10,'doubts':[]}");

    assertThat(cli.run(collector, "custody", "evidence-00000001")).isEqualTo(ExitStatus.DONE);

    assertThat(collector.requests.get(0).uri())
        .isEqualTo("/api/v1/custody?evidence=evidence-00000001&limit=100");
    assertThat(cli.out()).contains("sealed", "exported", "token responder-1", "artifact=bag");
  }

  @Test
  void custody_ofEvidence_withACheckpoint_isWrongUsage() {
    assertThat(cli.run(collector, "custody", "evidence-00000001", "--checkpoint", "kept.txt"))
        .isEqualTo(ExitStatus.WRONG_USAGE);
    assertThat(cli.err()).contains("are about the whole log");
  }

  @Test
  void evidenceList_json_hasNoArtifacts_unlessTheyAreWanted() throws Exception {
    collector.on("GET /api/v1/evidence", "{'evidence':[" + EVIDENCE + "]}");

    assertThat(cli.run(collector, "evidence", "list", "--json")).isEqualTo(ExitStatus.DONE);
    JsonNode summary = Json.MAPPER.readTree(cli.out()).at("/evidence/0");
    assertThat(summary.has("artifacts")).isFalse();
    assertThat(summary.path("artifactCount").asInt()).isEqualTo(1);
    assertThat(summary.path("bytes").asLong()).isEqualTo(3145728);

    CliRun whole = new CliRun();
    whole.run(collector, "evidence", "list", "--json", "--artifacts");
    assertThat(Json.MAPPER.readTree(whole.out()).at("/evidence/0/artifacts")).hasSize(1);
  }

  @Test
  void evidenceList_showsReasonAndSize() {
    collector.on("GET /api/v1/evidence", "{'evidence':[" + EVIDENCE + "]}");

    assertThat(cli.run(collector, "evidence", "list", "--state", "sealed"))
        .isEqualTo(ExitStatus.DONE);

    assertThat(cli.out().lines().toList().get(1))
        .isEqualTo(
            "Shell started\thigh\tshop\t2026-11-24 11:00:00Z\tsealed\tyes\t3.0 MiB"
                + "\tShell started\tevidence-1");
  }

  @Test
  void evidence_hasTheGravestFindingFirst_andItsTriggerBeside() {
    String gravest =
        EVIDENCE.substring(0, EVIDENCE.length() - 1)
            + ",'gravest':{'examination':'%s','level':%s,'title':%s}}";
    collector.on(
        "GET /api/v1/evidence",
        "{'evidence':["
            + gravest.formatted("done", "'critical'", "'Memory shell'")
            + ","
            + gravest.formatted("waiting", "null", "null")
            + ","
            + gravest.formatted("encrypted", "null", "null")
            + "]}");

    assertThat(cli.run(collector, "evidence", "list", "--level", "low", "--worst-first"))
        .isEqualTo(ExitStatus.DONE);

    assertThat(collector.requests.get(0).uri())
        .isEqualTo("/api/v1/evidence?atLeast=low&order=worst&limit=100");
    List<String> lines = cli.out().lines().toList();
    assertThat(lines.get(1)).containsSubsequence("Memory shell", "critical", "Shell started");
    assertThat(lines.get(2)).contains("not analysed yet");
    assertThat(lines.get(3)).contains("not examined");
  }

  @Test
  void evidenceShow_printsAllFields() {
    collector.on("GET /api/v1/evidence/evidence-1", EVIDENCE);

    assertThat(cli.run(collector, "evidence", "show", "evidence-1")).isEqualTo(ExitStatus.DONE);

    assertThat(cli.out())
        .contains(
            "Evidence:  evidence-1\n",
            "Level:     high\n",
            "Signature: verified, key k1\n",
            "recording.jfr\t3.0 MiB\tapplication/x-jfr\t" + "ab".repeat(32));
  }

  @Test
  void evidenceShow_printsHowTheHeapWasTaken() {
    collector.on(
        "GET /api/v1/evidence/evidence-1",
        EVIDENCE.substring(0, EVIDENCE.length() - 1)
            + ",'heap':{'path':'stream','content':'redacted','pauseMillis':640,"
            + "'dumpBytes':6442450944,'storedBytes':1048576,'bytesPerSecond':1048576}}");

    assertThat(cli.run(collector, "evidence", "show", "evidence-1")).isEqualTo(ExitStatus.DONE);

    assertThat(cli.out())
        .contains(
            String.join(
                "\n",
                "",
                "Heap snapshot",
                "  Pause:     640 ms, in which the application stood still",
                "  Dumped:    6.0 GiB",
                "  Stored:    1.0 MiB",
                "  Rate:      1.0 MiB/s",
                "  Content:   redacted: primitive arrays, and so all text, are zeroed",
                "  Path:      stream: no file was written on its way",
                ""))
        .doesNotContain("Missing");
  }

  @Test
  void evidenceShow_printsMissingArtifactsWithReasons() {
    collector.on(
        "GET /api/v1/evidence/evidence-1",
        EVIDENCE.substring(0, EVIDENCE.length() - 1)
            + ",'missing':[{'artifact':'heap','reason':'it would take 40 s\\u001b[2J'}]}");

    assertThat(cli.run(collector, "evidence", "show", "evidence-1")).isEqualTo(ExitStatus.DONE);

    assertThat(cli.out())
        .contains("\nMissing\n  heap: it would take 40 s")
        .doesNotContain("\u001b", "Heap snapshot");
  }

  @Test
  void evidenceShow_encrypted_printsTheRecipient() {
    collector.on(
        "GET /api/v1/evidence/evidence-1",
        EVIDENCE
            .replace("recording.jfr", "recording.jfr.age")
            .replace("'state'", "'recipient':'age1investigator','state'"));

    assertThat(cli.run(collector, "evidence", "show", "evidence-1")).isEqualTo(ExitStatus.DONE);

    assertThat(cli.out()).contains("Encrypted: to age1investigator\n", "recording.jfr.age");
  }

  @Test
  void evidenceShow_unknownId_matchesNothing() {
    assertThat(cli.run(collector, "evidence", "show", "evidence-9"))
        .isEqualTo(ExitStatus.NOTHING_MATCHED);
    assertThat(cli.err()).contains("whorl: not found", "`whorl evidence list` shows");
  }

  @Test
  void evidenceShow_noId_isWrongUsage() {
    assertThat(cli.run(collector, "evidence", "show", "../x")).isEqualTo(ExitStatus.WRONG_USAGE);
    assertThat(cli.err()).contains("not an id");
    assertThat(collector.requests).isEmpty();
  }

  @Test
  void listing_artifactNameWithPathTraversal_isRefused() {
    collector.on(
        "GET /api/v1/evidence/evidence-1", EVIDENCE.replace("recording.jfr", "../../etc/passwd"));

    assertThat(cli.run(collector, "evidence", "show", "evidence-1")).isEqualTo(ExitStatus.FAILED);
    assertThat(cli.err()).contains("not an artifact name");
  }
}
