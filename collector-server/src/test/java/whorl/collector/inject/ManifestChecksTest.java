package whorl.collector.inject;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import whorl.collector.maintenance.Check;
import whorl.evidence.Json;

class ManifestChecksTest {
  private static final String NAMESPACE =
      "{'kind':'Namespace','metadata':{'name':'shop','labels':{'whorl.io/inject':'true'}}}";

  private static String run(String... objects) throws IOException {
    List<JsonNode> nodes = new ArrayList<>();
    for (String each : objects) {
      nodes.add(Json.LENIENT.readTree(each.replace('\'', '"')));
    }
    return ManifestChecks.of(nodes, null).stream()
        .map(each -> each.state().word() + " " + each.name() + " " + each.seen())
        .collect(Collectors.joining("\n"));
  }

  private static String pod(String annotations, String container, String status) {
    return "{'kind':'Pod','metadata':{'name':'a','namespace':'shop','labels':{'app':'a'},"
        + "'annotations':{"
        + annotations
        + "}},'spec':{'containers':[{'name':'app'"
        + container
        + "}]}"
        + status
        + "}";
  }

  @Test
  void injected_isCounted() throws IOException {
    assertThat(run(NAMESPACE, pod("'whorl.io/injected':'app'", "", "")))
        .isEqualTo("ok pods 1 in all, 1 ask for the agent, 1 have it");
  }

  @Test
  void olderThanTheLabel_wouldGetItNow() throws IOException {
    assertThat(run(NAMESPACE, pod("", "", "")))
        .contains("fail pod shop/a lacks it, and would get it now");
  }

  @Test
  void podThatHasEnded_isNoProblem() throws IOException {
    String ended = pod("", "", ",'status':{'phase':'Succeeded'}");
    String evicted = pod("", "", ",'status':{'phase':'Failed','reason':'Evicted'}");
    String runs = pod("'whorl.io/injected':'app'", "", ",'status':{'phase':'Running'}");

    assertThat(run(NAMESPACE, ended, evicted, runs))
        .isEqualTo("ok pods 3 in all, 1 ask for the agent, 1 have it");
  }

  @Test
  void reasonOfTheAnnotation_isGiven() throws IOException {
    assertThat(
            run(NAMESPACE, pod("'whorl.io/not-injected':'app: it has a mount at a path'", "", "")))
        .contains("fail pod shop/a lacks it: app: it has a mount at a path");
  }

  @Test
  void whatTheWebhookWouldSay_isGivenBefore() throws IOException {
    assertThat(run(NAMESPACE, pod("", ",'envFrom':[{'secretRef':{'name':'x'}}]", "")))
        .contains("would not get it: whorl: not injected: app: JAVA_TOOL_OPTIONS may come");
  }

  @Test
  void agentImageThatCannotBePulled_fails() throws IOException {
    String status =
        ",'status':{'initContainerStatuses':[{'name':'whorl-agent',"
            + "'image':'r.example/whorl-agent-installer:1',"
            + "'state':{'waiting':{'reason':'ImagePullBackOff'}}}]}";

    assertThat(run(NAMESPACE, pod("'whorl.io/injected':'app'", "", status)))
        .contains("fail agent-image shop/a: r.example/whorl-agent-installer:1: ImagePullBackOff");
  }

  @Test
  void policyWithoutTheCollectorsPort_fails_andOneWithItDoesNot() throws IOException {
    String policy =
        "{'kind':'NetworkPolicy','metadata':{'name':'closed','namespace':'shop'},'spec':{"
            + "'podSelector':{'matchLabels':{'app':'a'}},'policyTypes':['Egress'],"
            + "'egress':[{'ports':[{'protocol':'TCP','port':%s}]}]}}";
    String pod = pod("'whorl.io/injected':'app'", "", "");

    assertThat(run(NAMESPACE, pod, policy.formatted("5432")))
        .contains("fail network shop/a may not connect to port 7117: NetworkPolicy closed");
    assertThat(run(NAMESPACE, pod, policy.formatted("5432"), policy.formatted("7117")))
        .doesNotContain("network");
    assertThat(run(NAMESPACE, pod, policy.formatted("7000,'endPort':8000")))
        .doesNotContain("network");
  }

  @Test
  void noPods_andNothingThatAsks_areNamed() throws IOException {
    assertThat(run(NAMESPACE)).startsWith("fail manifests");
    assertThat(run("{'kind':'Namespace','metadata':{'name':'shop'}}", pod("", "", "")))
        .isEqualTo("warn pods none of 1 asks for the agent");
  }

  @Test
  void manyProblems_areBounded() throws IOException {
    List<JsonNode> nodes = new ArrayList<>();
    nodes.add(Json.LENIENT.readTree(NAMESPACE.replace('\'', '"')));
    for (int i = 0; i < 80; i++) {
      nodes.add(Json.LENIENT.readTree(pod("", "", "").replace('\'', '"')));
    }

    List<Check> checks = ManifestChecks.of(nodes, null);

    assertThat(checks).hasSize(52);
    assertThat(checks.get(50).seen()).isEqualTo("30 more pods have problems");
  }
}
