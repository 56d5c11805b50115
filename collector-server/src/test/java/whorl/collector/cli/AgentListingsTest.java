package whorl.collector.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.api.Test;
import whorl.collector.cli.terminal.ExitStatus;
import whorl.evidence.Json;

/** Agents and their libraries. */
final class AgentListingsTest extends ListingsFixture {
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
}
