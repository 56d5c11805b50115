package whorl.collector.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import whorl.collector.cli.terminal.ExitStatus;
import whorl.evidence.Json;

final class ListingsTest {
  private static final String AGENT =
      "{'id':'agent-0001','service':'shop','namespace':'prod','labels':{'team':'a'},"
          + "'pod':'shop-7d9','container':'%s','host':'node-1','pid':7,'jvm':'21',"
          + "'agentVersion':'0.1.0','connected':true,'lastSeen':'2026-11-24T11:59:58.123Z',"
          + "'capabilities':{},'losses':{'ring':3,'spool':4}}";
  private static final String EVIDENCE =
      "{'id':'evidence-1','capture':'capture-1','agent':'agent-0001','service':'shop',"
          + "'alert':{'rule':'r','level':'high','title':'Shell started'},'reason':'Shell started',"
          + "'state':'sealed','sealedAt':'2026-11-24T11:00:00Z','artifacts':["
          + "{'name':'recording.jfr','size':3145728,'sha256':'"
          + "ab".repeat(32)
          + "','mediaType':'application/x-jfr'}],'signature':{'verified':true,'keyId':'k1'}}";

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
  void agents_aligned_inUtc() {
    collector.on("GET /api/v1/agents", "{'agents':[" + AGENT.formatted("c".repeat(64)) + "]}");

    assertThat(cli.run(collector, "agents")).isEqualTo(ExitStatus.DONE);

    assertThat(cli.out().lines())
        .containsExactly(
            "SERVICE\tNAMESPACE\tPOD\tHOST\tLAST SEEN\tDROPPED\tCHAIN\tCPU\tHEAP\tCONTAINER\tAGENT",
            "shop\tprod\tshop-7d9\tnode-1\tconnected\t7\t-\t-\t-\tcccccccccccc\tagent-0001");
    assertThat(collector.requests.get(0).header("Authorization"))
        .isEqualTo("Bearer responder-token-0123456789");
  }

  @Test
  void agents_costsAndChain_areShown_ifKnown() {
    String agent = AGENT.formatted("c");
    String known =
        agent.substring(0, agent.length() - 1)
            + ",'costs':{'seconds':9.5,'cpuShare':0.0234,'heldBytes':4404019,'held':{'a':1}},"
            + "'chain':{'state':'gap','sequence':17,'missed':3}}";
    String unknown =
        agent.substring(0, agent.length() - 1)
            + ",'costs':{'seconds':9.5,'cpuShare':null,'heldBytes':null,'held':{}}}";
    collector.on("GET /api/v1/agents", "{'agents':[" + known + "," + unknown + "]}");

    assertThat(cli.run(collector, "agents")).isEqualTo(ExitStatus.DONE);

    assertThat(cli.out().lines())
        .containsExactly(
            "SERVICE\tNAMESPACE\tPOD\tHOST\tLAST SEEN\tDROPPED\tCHAIN\tCPU\tHEAP\tCONTAINER\tAGENT",
            "shop\tprod\tshop-7d9\tnode-1\tconnected\t7\tgap (3)\t2.3 %\t4.2 MiB\tc\tagent-0001",
            "shop\tprod\tshop-7d9\tnode-1\tconnected\t7\t-\t-\t-\tc\tagent-0001");
  }

  @Test
  void libraries_areFoundInJvms_andWhatIsUnknownIsNoted() {
    collector.on(
        "GET /api/v1/libraries",
        "{'libraries':[{'agent':'agent-0001','service':'shop','namespace':'prod','pod':'shop-7d9',"
            + "'host':'node-1','connected':true,'group':'org.apache.logging.log4j',"
            + "'name':'log4j-core','version':'2.14.1','from':'pom','kind':'jar','path':'/l.jar',"
            + "'sha256':null,'size':1,'loaded':true,'loader':'app','javaAgent':false,"
            + "'problem':null,'reportedAt':'2026-11-24T11:00:00Z'}],'withoutVersion':2,'unknown':3}");

    int status = cli.run(collector, "libraries", "log4j-core", "--version", "<2.17", "--loaded");

    assertThat(status).isEqualTo(ExitStatus.DONE);
    assertThat(collector.requests.get(0).uri())
        .isEqualTo("/api/v1/libraries?name=log4j-core&version=%3C2.17&loaded=true&limit=100");
    assertThat(cli.out().lines())
        .containsExactly(
            "LIBRARY\tVERSION\tLOADED\tSERVICE\tPOD\tJVM\tPATH\tAGENT",
            "org.apache.logging.log4j:log4j-core\t2.14.1\tapp\tshop\tshop-7d9\tconnected\t/l.jar"
                + "\tagent-0001");
    assertThat(cli.err())
        .contains("2 more have the name, but nothing says their version")
        .contains("the libraries of 3 connected JVMs are not known");
  }

  @Test
  void libraries_thatNobodyHas_areStatus4_andAnEmptyQuestionIsWrongUsage() {
    collector.on("GET /api/v1/libraries", "{'libraries':[],'withoutVersion':0,'unknown':0}");

    assertThat(cli.run(collector, "libraries", "log4j-core")).isEqualTo(ExitStatus.NOTHING_MATCHED);
    assertThat(cli.err()).contains("no libraries match");
    assertThat(cli.run(collector, "libraries", "--loaded")).isEqualTo(ExitStatus.WRONG_USAGE);
    assertThat(cli.run(collector, "libraries", "x", "--agent", "agent-00000001"))
        .isEqualTo(ExitStatus.WRONG_USAGE);
  }

  @Test
  void libraries_ofOneJvm_areListed() {
    collector.on(
        "GET /api/v1/agents/agent-00000001/libraries",
        "{'agent':'agent-00000001','complete':true,'libraries':[{'name':'a','from':'file',"
            + "'kind':'jar','path':'/a.jar','loaded':false,'problem':'it is cut'}]}");

    assertThat(cli.run(collector, "libraries", "--agent", "agent-00000001"))
        .isEqualTo(ExitStatus.DONE);
    assertThat(cli.out()).contains("it is cut", "/a.jar");
  }

  @Test
  void resolvedAlerts_lookResolved() {
    String alert =
        "{'id':'a-%s','time':'2026-11-24T11:00:00Z','level':'critical','title':'Pod restarts',"
            + "'rule':'r','source':'alertmanager','service':'shop','state':'%s'}";
    collector.on(
        "GET /api/v1/alert-groups",
        "{'groups':[" + alert.formatted(1, "resolved") + "," + alert.formatted(2, "open") + "]}");

    assertThat(cli.run(collector, "alerts")).isEqualTo(ExitStatus.DONE);

    List<String> lines = cli.out().lines().toList();
    assertThat(lines.get(0)).startsWith("TITLE").endsWith("ID");
    assertThat(lines.get(1)).startsWith("Pod restarts").contains("resolved").endsWith("a-1");
    assertThat(lines.get(2)).contains("critical", "open").doesNotContain("resolved");
  }

  @Test
  void alerts_decisions_nameTheVersionThatTheyHaveSeen() throws Exception {
    String group =
        "{'id':'alert-001','level':'high','title':'A shell','count':16,'state':'%s',"
            + "'assignee':%s,'version':%d,'lastSeen':'2026-11-24T11:00:00Z'}";
    collector.on("GET /api/v1/alert-groups/alert-001", group.formatted("open", "null", 7));
    collector.on(
        "PATCH /api/v1/alert-groups/alert-001", group.formatted("acknowledged", "'anna'", 8));

    assertThat(cli.run(collector, "alerts", "ack", "alert-001", "--comment", "mine"))
        .isEqualTo(ExitStatus.DONE);

    JsonNode sent = Json.MAPPER.readTree(collector.requests.get(1).body());
    assertThat(sent.get("version").asInt()).isEqualTo(7);
    assertThat(sent.get("state").asText()).isEqualTo("acknowledged");
    assertThat(sent.get("assignee").asText()).isEqualTo("me");
    assertThat(sent.get("comment").asText()).isEqualTo("mine");
    assertThat(cli.err()).contains("alert-001 is acknowledged, assigned to anna");
  }

  @Test
  void alerts_filters_areSent_andEachListsAlerts() {
    collector.on("GET /api/v1/alerts", "{'alerts':[]}");

    int status =
        cli.run(
            collector,
            "alerts",
            "--each",
            "--since",
            "10m",
            "--state",
            "unfinished",
            "--query",
            "bin sh");

    assertThat(status).isEqualTo(ExitStatus.NOTHING_MATCHED);
    assertThat(collector.requests.get(0).uri())
        .isEqualTo(
            "/api/v1/alerts?state=unfinished&q=bin+sh&from=2026-11-24T11%3A50%3A00Z&muted=hide&limit=100");
  }

  @Test
  void alerts_mute_isMadeListedAndEnded() throws Exception {
    String mute =
        "{'id':'mute-0001','rule':'r','service':'shop','reason':'load test','by':'anna',"
            + "'at':'2026-11-24T11:00:00Z','until':'2026-11-24T13:00:00Z'}";
    collector.on("POST /api/v1/alert-mutes", mute);
    collector.on("GET /api/v1/alert-mutes", "{'mutes':[" + mute + "]}");
    collector.on("DELETE /api/v1/alert-mutes/mute-0001", "{}");

    assertThat(
            cli.run(
                collector,
                "alerts",
                "mute",
                "r",
                "--service",
                "shop",
                "--for",
                "2h",
                "--reason",
                "load test"))
        .isEqualTo(ExitStatus.DONE);
    JsonNode sent = Json.MAPPER.readTree(collector.requests.get(0).body());
    assertThat(sent.get("duration").asText()).isEqualTo("2h");
    assertThat(cli.err()).contains("until 2026-11-24 13:00:00Z", "unmute mute-0001");
    assertThat(cli.run(collector, "alerts", "mutes")).isEqualTo(ExitStatus.DONE);
    assertThat(cli.out()).contains("load test", "shop", "mute-0001");
    assertThat(cli.run(collector, "alerts", "unmute", "mute-0001")).isEqualTo(ExitStatus.DONE);
  }

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
  void agents_filters_areSentEncoded() {
    collector.on("GET /api/v1/agents", "{'agents':[]}");

    int status = cli.run(collector, "agents", "--service", "a b&c", "--connected");

    assertThat(status).isEqualTo(ExitStatus.NOTHING_MATCHED);
    assertThat(collector.requests.get(0).uri())
        .isEqualTo("/api/v1/agents?service=a+b%26c&connected=true&limit=100");
    assertThat(cli.err()).contains("no agents match");
  }

  @Test
  void agents_noneAtAll_isNoFailure() {
    collector.on("GET /api/v1/agents", "{'agents':[]}");

    assertThat(cli.run(collector, "agents")).isEqualTo(ExitStatus.DONE);
    assertThat(cli.out()).isEmpty();
  }

  @Test
  void agents_json_isUnchanged() throws Exception {
    collector.on("GET /api/v1/agents", "{'agents':[" + AGENT.formatted("c") + "]}");

    assertThat(cli.run(collector, "agents", "--json")).isEqualTo(ExitStatus.DONE);

    JsonNode printed = Json.MAPPER.readTree(cli.out());
    assertThat(printed.at("/agents/0/labels/team").asText()).isEqualTo("a");
    assertThat(printed.at("/agents/0/losses/ring").asInt()).isEqualTo(3);
  }

  @Test
  void listing_cursors_areFollowedUpToTheLimit() {
    collector.on(
        "GET /api/v1/agents",
        FakeCollector.Answer.json(200, "{'agents':[" + AGENT + "],'next':'p/2'}"),
        FakeCollector.Answer.json(200, "{'agents':[" + AGENT + "],'next':'p3'}"));

    assertThat(cli.run(collector, "agents", "--limit", "2")).isEqualTo(ExitStatus.DONE);

    assertThat(cli.out().lines()).hasSize(3);
    assertThat(cli.err()).contains("raise --limit");
    assertThat(collector.requests).hasSize(2);
    assertThat(collector.requests.get(1).uri()).isEqualTo("/api/v1/agents?limit=1&cursor=p%2F2");
  }

  @Test
  void listing_hostileText_neverReachesTheTerminal() {
    String hostile = "\\u001b]0;owned\\u0007\\u009b2J\\u202egnp.exe\\u2028x";
    collector.on(
        "GET /api/v1/alert-groups",
        "{'groups':[{'id':'alert-001','time':'2026-11-24T11:00:00Z','level':'critical','title':'"
            + hostile
            + "','service':'"
            + hostile
            + "'}]}");

    assertThat(cli.run(collector, "alerts")).isEqualTo(ExitStatus.DONE);
    assertThat(cli.run(collector, "alerts", "--json")).isEqualTo(ExitStatus.DONE);

    assertThat(cli.out())
        .contains("2026-11-24 11:00:00Z", "critical", "owned")
        .doesNotContain("\u001b", "\u0007", "\u009b", "\u202e", "\u2028");
  }

  @Test
  void listing_onATerminal_isShortenedToItsWidth() {
    collector.on(
        "GET /api/v1/alert-groups",
        "{'groups':[{'id':'alert-001','time':'2026-11-24T11:00:00Z','level':'high','title':'"
            + "long words ".repeat(20)
            + "','service':'shop','source':'whorl','evidence':'evidence-1'}]}");

    assertThat(cli.terminal(80, false).run(collector, "alerts")).isEqualTo(ExitStatus.DONE);

    assertThat(cli.out().lines()).allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(80));
    assertThat(cli.out()).contains("long words", "…").endsWith("alert-001\n");
  }

  @Test
  void listing_onANarrowTerminal_shortensIds_leavesColumnsOut_andKeepsTheMessage() {
    String id = "01a218d2-1f3e-7c51-9d5e-0a4b6c2d1e0f";
    collector.on(
        "GET /api/v1/evidence",
        "{'evidence':["
            + EVIDENCE.replace("evidence-1", id).replace("Shell started", "A shell was started")
            + "]}");

    assertThat(cli.terminal(80, false).run(collector, "evidence", "list"))
        .isEqualTo(ExitStatus.DONE);

    assertThat(cli.out().lines()).allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(80));
    assertThat(cli.out())
        .startsWith("WHAT")
        .contains("A shell was started", "high", "2026-11-24 11:00:00Z")
        .endsWith("  6c2d1e0f\n")
        .doesNotContain("TRIGGER", id);
    CliRun wide = new CliRun().terminal(200, false);
    wide.run(collector, "evidence", "list");
    assertThat(wide.out()).contains(id, "TRIGGER");
  }

  @Test
  void listing_wherePiped_hasTabsAndNoPadding() {
    collector.on(
        "GET /api/v1/evidence",
        "{'evidence':["
            + EVIDENCE
            + ","
            + EVIDENCE.replace("Shell started", "x".repeat(3000))
            + "]}");

    cli.run(collector, "evidence", "list");

    assertThat(cli.out().lines().toList().get(1)).hasSizeLessThan(120);
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
  void lists_areOfATime() {
    for (String[] list :
        new String[][] {
          {"evidence list", "/api/v1/evidence", "evidence"},
          {"captures", "/api/v1/captures", "captures"},
          {"cases list", "/api/v1/cases", "cases"},
          {"alerts", "/api/v1/alert-groups", "groups"},
        }) {
      collector.on("GET " + list[1], "{'" + list[2] + "':[]}");
      collector.requests.clear();
      String line = list[0] + " --since -2h --until 11:30";
      assertThat(cli.run(collector, line.split(" "))).isEqualTo(ExitStatus.NOTHING_MATCHED);
      assertThat(collector.requests.get(0).uri())
          .as(line)
          .contains("from=2026-11-24T10%3A00%3A00Z&to=2026-11-24T11%3A30%3A00Z");
    }
    assertThat(cli.run(collector, "captures", "--since", "soon")).isEqualTo(ExitStatus.WRONG_USAGE);
    assertThat(cli.err()).contains("not a time: soon", "yesterday");
  }

  @Test
  void valuesThatTheCollectorDoesNotTake_areWrongUsage_withWhatIsPossible() {
    collector.on(
        "GET /api/v1/alert-groups",
        FakeCollector.Answer.json(
            400, "{'title':'bad parameter','status':400,'detail':'rule: one of a, b'}"));
    assertThat(cli.run(collector, "alerts", "--rule", "x")).isEqualTo(ExitStatus.WRONG_USAGE);
    assertThat(cli.err()).contains("rule: one of a, b");
    for (String line :
        new String[] {
          "alerts --source bogus", "alerts --state bogus", "evidence list --state bogus",
          "cases list --state bogus", "capture --service s --artifacts foo", "search abc --kind x",
          "compare evidence-1 evidence-2 --kind x"
        }) {
      CliRun run = new CliRun();
      assertThat(run.run(collector, line.split(" "))).as(line).isEqualTo(ExitStatus.WRONG_USAGE);
      assertThat(run.err()).as(line).contains("not one of ", ", ");
    }
  }

  @Test
  void whatIsNotFound_isListedByACommand_andNotByTheApi() {
    collector.on(
        "GET /api/v1/cases/case-00000001",
        FakeCollector.Answer.json(
            404,
            "{'title':'no such case','status':404,'detail':'no case case-00000001;"
                + " GET /api/v1/cases lists all'}"));
    collector.on(
        "DELETE /api/v1/rules/nope",
        FakeCollector.Answer.json(404, "{'title':'no such rules','status':404}"));

    assertThat(cli.run(collector, "cases", "show", "case-00000001"))
        .isEqualTo(ExitStatus.NOTHING_MATCHED);
    assertThat(cli.run(collector, "rules", "remove", "nope")).isEqualTo(ExitStatus.NOTHING_MATCHED);

    assertThat(cli.err().lines())
        .containsExactly(
            "whorl: no such case: no case case-00000001",
            "       `whorl cases list` shows what there is",
            "whorl: no such rules",
            "       `whorl rules list` shows what there is");
  }

  @Test
  void listing_colours_onlyIfEnabled() {
    collector.on(
        "GET /api/v1/alert-groups",
        "{'groups':[{'id':'alert-001','time':'2026-11-24T11:00:00Z','level':'critical'}]}");

    cli.terminal(80, true).run(collector, "alerts");
    assertThat(cli.out()).contains("\u001b[1;31mcritical\u001b[0m");

    CliRun plain = new CliRun().terminal(80, false);
    plain.run(collector, "alerts");
    assertThat(plain.out()).doesNotContain("\u001b");
  }

  @Test
  void alerts_unknownLevel_isWrongUsage() {
    assertThat(cli.run(collector, "alerts", "--level", "urgent")).isEqualTo(ExitStatus.WRONG_USAGE);
    assertThat(cli.err()).contains("not a level (informational, low,", "whorl alerts --help");
    assertThat(collector.requests).isEmpty();
  }

  @Test
  void alerts_level_ignoresCase() {
    collector.on("GET /api/v1/alert-groups", "{'groups':[]}");
    cli.run(collector, "alerts", "--level", "HIGH");
    assertThat(collector.requests).hasSize(1);
    assertThat(collector.requests.get(0).toString()).contains("atLeast=high");
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
