package whorl.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.Gson;
import dev.cel.runtime.CelEvaluationException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What the chart renders for the injection of the agent. */
class InjectionChartTest {
  private static final String PEM = "injection.ca.pem=-----BEGIN CERTIFICATE-----";

  private Helm helm;

  @BeforeEach
  void find() {
    Helm found = Helm.find();
    Assumptions.assumeTrue(
        found != null, "no helm on the path: put it there, or give -Dwhorl.helm=FILE");
    helm = found;
  }

  static Stream<String> combinations() {
    List<String> all = new ArrayList<>();
    for (String mode : List.of("webhook", "policy")) {
      for (String source :
          List.of("", ",injection.source=image", ",injection.source=initContainer")) {
        for (String more :
            List.of(
                "",
                "," + PEM + ",tls.existingSecret=own",
                ",injection.ca.configMap=ca,injection.tokenSecret=t,injection.collectorUrl=https://c",
                ",injection.ca.platform=true,tls.certManager.enabled=true,"
                    + "tls.certManager.issuer.name=ca,networkPolicy.enabled=false,"
                    + "serviceMonitor.enabled=true,serviceMonitor.tokenSecret.name=v,"
                    + "prometheusRule.enabled=true",
                ",injection.webhook.existingSecret=w,injection.webhook.replicas=1,"
                    + "injection.webhook.caBundle=-----BEGIN CERTIFICATE-----,"
                    + "injection.environment.WHORL_HEAP=off,injection.agentImage.digest=sha256:"
                    + "0".repeat(64))) {
          all.add("injection.mode=" + mode + source + more);
        }
      }
    }
    return all.stream();
  }

  @ParameterizedTest
  @MethodSource("combinations")
  void eachCombination_isOfKubernetesKinds_andRestricted(String values) throws Exception {
    Manifests manifests = rendered(values);

    manifests.checkKinds();
    manifests.pods().forEach(Restricted::check);
    Set<String> names = new HashSet<>();
    for (Map<String, Object> each : manifests.all()) {
      assertThat(names.add(each.get("kind") + " " + Manifests.name(each))).isTrue();
    }
    boolean webhook = values.contains("mode=webhook");
    assertThat(manifests.of("MutatingAdmissionPolicy")).hasSize(webhook ? 0 : 1);
    assertThat(manifests.of("MutatingAdmissionPolicyBinding")).hasSize(webhook ? 0 : 2);
    assertThat(manifests.of("MutatingWebhookConfiguration")).hasSize(webhook ? 1 : 0);
    assertThat(manifests.of("Deployment")).hasSize(webhook ? 2 : 1);
    assertThat(configMapsUsed(manifests)).isSubsetOf(configMapsThere(manifests));
    if (!webhook) {
      Map<String, Object> policy = manifests.only("MutatingAdmissionPolicy");
      assertThat(new Policy(policy, Map.of("data", Map.of("ca.crt", "x"))).patch(plain()))
          .isNotEmpty();
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "injection.mode=policy | https://kubernetes.default.svc.cluster.local,"
            + "jwks=https://kubernetes.default.svc/openid/v1/jwks,ca=/cluster/ca.crt,"
            + "token-file=/cluster/token",
        "injection.mode=webhook,injection.issuer.jwks=,injection.issuer.url=https://oidc.example"
            + " | https://oidc.example",
        "injection.mode=webhook,injection.tokenSecret=t | ",
        "injection.mode=webhook,settings.agent-issuer=https://own | https://own",
        "injection.mode=none | ",
      })
  void collector_knowsTheIssuerOfTheTokens(String values, @Nullable String issuer)
      throws Exception {
    Manifests manifests = rendered(values);
    Map<String, Object> pod =
        Manifests.map(
            Manifests.at(
                manifests.of("Deployment").stream()
                    .filter(each -> Manifests.name(each).endsWith("-collector"))
                    .findFirst()
                    .orElseThrow(),
                "spec",
                "template",
                "spec"));
    List<?> arguments = (List<?>) Manifests.at(pod, "containers", 0, "args");

    assertThat(arguments.stream().filter(each -> each.toString().contains("issuer")).toList())
        .isEqualTo(issuer == null ? List.of() : List.of("--agent-issuer=" + issuer));
    assertThat(Manifests.maps(Manifests.at(pod, "volumes")).stream())
        .filteredOn(volume -> "cluster".equals(volume.get("name")))
        .hasSize(issuer != null && issuer.contains("token-file") ? 1 : 0);
  }

  @Test
  void images_areBesideTheCollectors() throws Exception {
    String policy =
        new Gson()
            .toJson(
                rendered(
                        "injection.mode=policy,image.repository=registry.example/team/whorl-collector")
                    .only("MutatingAdmissionPolicy"));

    assertThat(policy).contains("registry.example/team/whorl-agent:");
  }

  @ParameterizedTest
  @CsvSource({"policy, whorl-agent, agentImage", "webhook, whorl-agent-installer, installerImage"})
  void images_haveTheCollectorsTag_unlessTheyHaveTheirOwn(String mode, String image, String value)
      throws Exception {
    String values = "injection.mode=" + mode + ",image.tag=build-7";
    String own = values + ",injection." + value + ".tag=build-6";

    assertThat(new Gson().toJson(rendered(values).all())).contains("whorl/" + image + ":build-7");
    assertThat(new Gson().toJson(rendered(own).all())).contains("whorl/" + image + ":build-6");
  }

  @Test
  void withoutAMode_nothingIsInjected() throws Exception {
    Manifests manifests = rendered("injection.mode=none");

    assertThat(manifests.all())
        .extracting(each -> each.get("kind"))
        .doesNotContain("MutatingAdmissionPolicy", "MutatingWebhookConfiguration", "ConfigMap");
    assertThat(manifests.of("Deployment")).hasSize(1);
  }

  @ParameterizedTest
  @CsvSource({
    // namespace, its label, the pod's label, calls
    "shop, , , 0",
    "shop, true, , 1",
    "shop, true, true, 1",
    "shop, true, false, 0",
    "shop, , true, 1",
    "shop, , false, 0",
    "shop, false, true, 1",
    "shop, false, , 0",
    "kube-system, true, true, 0",
    "kube-node-lease, , true, 0",
    "forensics, true, true, 0",
  })
  void labels_decideWhetherAPodIsLookedAt_once(
      String namespace, String ofNamespace, String ofPod, int calls) throws Exception {
    List<Map<String, Object>> webhooks =
        Manifests.maps(
            Manifests.at(
                rendered("injection.mode=webhook").only("MutatingWebhookConfiguration"),
                "webhooks"));
    List<Map<String, Object>> bindings = new ArrayList<>();
    rendered("injection.mode=policy")
        .of("MutatingAdmissionPolicyBinding")
        .forEach(each -> bindings.add(Manifests.map(Manifests.at(each, "spec", "matchResources"))));

    for (List<Map<String, Object>> rules : List.of(webhooks, bindings)) {
      assertThat(rules).hasSize(2);
      assertThat(
              rules.stream()
                  .filter(
                      rule ->
                          Selector.matches(rule.get("namespaceSelector"), namespace, ofNamespace)
                              && Selector.matches(rule.get("objectSelector"), null, ofPod))
                  .count())
          .isEqualTo(calls);
    }
  }

  @Test
  void nothingThatFails_stopsAPod() throws Exception {
    Map<String, Object> policy = rendered("injection.mode=policy").only("MutatingAdmissionPolicy");
    assertThat(Manifests.at(policy, "spec", "failurePolicy")).isEqualTo("Ignore");
    for (Map<String, Object> binding :
        rendered("injection.mode=policy").of("MutatingAdmissionPolicyBinding")) {
      assertThat(Manifests.at(binding, "spec", "paramRef", "parameterNotFoundAction"))
          .isEqualTo("Allow");
    }
    for (Map<String, Object> webhook :
        Manifests.maps(
            Manifests.at(
                rendered("injection.mode=webhook").only("MutatingWebhookConfiguration"),
                "webhooks"))) {
      assertThat(webhook)
          .containsEntry("failurePolicy", "Ignore")
          .containsEntry("timeoutSeconds", 3)
          .containsEntry("sideEffects", "None");
    }
  }

  @Test
  void podThatTheServerCannotUnderstand_isNotChanged() throws Exception {
    Map<String, Object> manifest =
        rendered("injection.mode=policy").only("MutatingAdmissionPolicy");
    Policy policy = new Policy(manifest, Map.of("data", Map.of("ca.crt", "x")));

    // an error of an expression: failurePolicy decides
    assertThatThrownBy(
            () ->
                policy.patch(
                    Map.of("metadata", Map.of(), "spec", Map.of("containers", List.of(Map.of())))))
        .isInstanceOf(CelEvaluationException.class);
  }

  private static Map<String, Object> plain() throws Exception {
    return Pods.pod("plain");
  }

  private Manifests rendered(String values) throws Exception {
    Helm.Outcome outcome = helm.template(List.of("--kube-version=1.36.0", "--set=" + values));
    assertThat(outcome.status()).as(outcome.output()).isZero();
    return Manifests.parse(outcome.output());
  }

  /** ConfigMaps of the webhook's pods and of the bindings. */
  private static Set<String> configMapsUsed(Manifests manifests) {
    Set<String> used = new HashSet<>();
    for (Map<String, Object> pod : manifests.pods()) {
      for (Map<String, Object> volume : Manifests.maps(pod.getOrDefault("volumes", List.of()))) {
        if (volume.containsKey("configMap")) {
          used.add(String.valueOf(Manifests.at(volume, "configMap", "name")));
        }
      }
    }
    for (Map<String, Object> binding : manifests.of("MutatingAdmissionPolicyBinding")) {
      Map<String, Object> spec = Manifests.map(Manifests.at(binding, "spec"));
      if (spec.containsKey("paramRef")) {
        used.add(String.valueOf(Manifests.at(spec, "paramRef", "name")));
      }
    }
    return used;
  }

  /** Those of the chart, and that of the Job. */
  private static Set<String> configMapsThere(Manifests manifests) {
    Set<String> there = new HashSet<>();
    manifests.of("ConfigMap").forEach(each -> there.add(Manifests.name(each)));
    for (Map<String, Object> job : manifests.of("Job")) {
      for (Object argument :
          (List<?>) Manifests.at(job, "spec", "template", "spec", "containers", 0, "args")) {
        if (argument.toString().startsWith("--ca-config-map=")) {
          there.add(argument.toString().substring("--ca-config-map=".length()));
        }
      }
    }
    return there;
  }
}
