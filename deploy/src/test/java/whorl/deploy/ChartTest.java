package whorl.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What helm renders of the chart, with ordinary values and with wrong ones. */
class ChartTest {
  private static final String SEVERAL =
      "records.url=jdbc:postgresql://db:5432/whorl,records.existingSecret=db,objects.url=s3://b/w,"
          + "replicas=3";

  private static final String PEOPLE =
      "oidc.issuer=https://login.example,oidc.client=whorl,oidc.existingSecret=oidc,"
          + "access.groups.shop[0].role=responder,access.groups.shop[0].namespaces={shop}";

  private Helm helm;

  @BeforeEach
  void find() {
    Helm found = Helm.find();
    Assumptions.assumeTrue(
        found != null, "no helm on the path: put it there, or give -Dwhorl.helm=FILE");
    helm = found;
  }

  /** Each value of a dimension with each of the others. */
  static Stream<String> combinations() {
    List<String> all = List.of("");
    for (List<String> dimension :
        List.of(
            List.of("", SEVERAL, SEVERAL + ",objects.existingSecret=aws,records.caSecret=db-ca"),
            List.of(
                "",
                "tls.existingSecret=own",
                "tls.certManager.enabled=true,tls.certManager.issuer.name=ca"),
            List.of("", "tokens.existingSecret=t,custodyKey.existingSecret=k"),
            List.of(
                "",
                "ingress.enabled=true,ingress.host=whorl.example,ingress.tlsSecret=i,"
                    + "ingress.className=nginx,serviceMonitor.enabled=true,"
                    + "serviceMonitor.tokenSecret.name=viewer,prometheusRule.enabled=true,"
                    + "grafanaDashboard.enabled=true,networkPolicy.enabled=false,lake=true,"
                    + PEOPLE))) {
      List<String> longer = new ArrayList<>();
      for (String before : all) {
        for (String value : dimension) {
          longer.add(before.isEmpty() || value.isEmpty() ? before + value : before + "," + value);
        }
      }
      all = longer;
    }
    return all.stream();
  }

  @ParameterizedTest
  @MethodSource("combinations")
  void eachCombination_isOfKubernetesKinds_restricted_andComplete(String values) throws Exception {
    Manifests manifests = rendered(values);

    manifests.checkKinds();
    manifests.pods().forEach(Restricted::check);
    Set<String> names = new HashSet<>();
    for (Map<String, Object> each : manifests.all()) {
      assertThat(names.add(each.get("kind") + " " + Manifests.name(each))).isTrue();
      assertThat(Manifests.at(each, "metadata", "namespace")).isEqualTo("forensics");
    }
    assertThat(secretsUsed(manifests)).isSubsetOf(secretsThere(manifests, values));
  }

  @Test
  void oneCollector_keepsItsVolume_whenTheReleaseGoes() throws Exception {
    Manifests manifests = rendered("");

    assertThat(Manifests.at(manifests.only("Deployment"), "spec", "strategy", "type"))
        .isEqualTo("Recreate");
    assertThat(
            Manifests.at(
                manifests.only("PersistentVolumeClaim"),
                "metadata",
                "annotations",
                "helm.sh/resource-policy"))
        .isEqualTo("keep");
    assertThat(manifests.of("PodDisruptionBudget")).isEmpty();
    assertThat(Manifests.at(manifests.only("NetworkPolicy"), "spec", "egress"))
        .isEqualTo(List.of());
  }

  @Test
  void severalCollectors_haveNoVolume_andAreNeverAllAway() throws Exception {
    Manifests manifests = rendered(SEVERAL);

    assertThat(manifests.of("PersistentVolumeClaim")).isEmpty();
    assertThat(Manifests.at(manifests.only("PodDisruptionBudget"), "spec", "maxUnavailable"))
        .isEqualTo(1);
    assertThat(
            Manifests.at(
                manifests.only("Deployment"),
                "spec",
                "strategy",
                "rollingUpdate",
                "maxUnavailable"))
        .isEqualTo(0);
    assertThat(arguments(manifests.only("Deployment")))
        .contains(
            "--records=jdbc:postgresql://db:5432/whorl",
            "--objects=s3://b/w",
            "--custody-key=/secrets/custody/log.key");
  }

  @Test
  void job_mayCreateSecrets_andReadNone() throws Exception {
    Manifests manifests = rendered("");

    assertThat(Manifests.at(manifests.only("Role"), "rules"))
        .isEqualTo(
            List.of(
                Map.of(
                    "apiGroups", List.of(""),
                    "resources", List.of("secrets", "configmaps"),
                    "verbs", List.of("create"))));
    assertThat(arguments(manifests.only("Job")))
        .contains(
            "--tls=whorl-collector-tls",
            "--ca-config-map=whorl-collector-ca",
            "--host=whorl-collector.forensics.svc");
    assertThat(
            rendered("tls.existingSecret=a,tokens.existingSecret=b,custodyKey.existingSecret=c")
                .of("Job"))
        .isEmpty();
  }

  @Test
  void settings_becomeArgumentsOfServe() throws Exception {
    assertThat(arguments(rendered("settings.retain=alert=90d\\,heap=14d").only("Deployment")))
        .contains("--retain=alert=90d,heap=14d");
  }

  @Test
  void people_logInWithTheProvider_andTheAccessFileIsAConfigMap() throws Exception {
    Manifests manifests =
        rendered(PEOPLE + ",ingress.enabled=true,ingress.host=whorl.example,oidc.caConfigMap=ca");

    assertThat(arguments(manifests.only("Deployment")))
        .contains(
            "--oidc-issuer=https://login.example",
            "--oidc-client=whorl",
            "--oidc-secret-file=/secrets/oidc/client-secret",
            "--oidc-ca=/oidc-ca/ca.crt",
            "--oidc-page=https://whorl.example",
            "--access=/access/access.yaml");
    Map<String, Object> access =
        manifests.of("ConfigMap").stream()
            .filter(each -> Manifests.name(each).endsWith("-access"))
            .findFirst()
            .orElseThrow();
    assertThat(Manifests.at(access, "data", "access.yaml"))
        .asString()
        .contains("shop:", "- namespaces:", "- shop", "role: responder");
    assertThat(Manifests.at(manifests.only("NetworkPolicy"), "spec", "egress"))
        .asString()
        .contains("port=443")
        .doesNotContain("6443");
    assertThat(arguments(rendered("").only("Deployment")))
        .noneMatch(each -> each.contains("oidc") || each.contains("access"));
  }

  @Test
  void notifications_areAConfigMap_andTheirSecretsAreFiles() throws Exception {
    String values =
        "notify.file.notifications[0].name=chat,notify.file.notifications[0].type=slack,"
            + "notify.file.notifications[0].url-file=/secrets/notify/slack,"
            + "notify.existingSecret=chats,notify.ports={443,6514}";
    Manifests manifests = rendered(values);

    assertThat(arguments(manifests.only("Deployment"))).contains("--notify=/notify/notify.yaml");
    Map<String, Object> file =
        manifests.of("ConfigMap").stream()
            .filter(each -> Manifests.name(each).endsWith("-notify"))
            .findFirst()
            .orElseThrow();
    assertThat(Manifests.at(file, "data", "notify.yaml"))
        .asString()
        .contains("notifications:", "- name: chat", "url-file: /secrets/notify/slack");
    assertThat(Manifests.at(manifests.only("Deployment"), "spec", "template", "spec", "volumes"))
        .asString()
        .contains("chats");
    assertThat(Manifests.at(manifests.only("NetworkPolicy"), "spec", "egress"))
        .asString()
        .contains("port=443", "port=6514");
    assertThat(arguments(rendered("").only("Deployment")))
        .noneMatch(each -> each.contains("notify"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "notify.existingSecret=s | notify.file is missing",
        "notify.existingConfigMap=c,notify.file.public-url=https://x | give one of them",
        "notify.file.notification=x | additional properties 'notification' not allowed",
        "oidc.issuer=https://x | oidc.client is missing",
        "oidc.issuer=https://x,oidc.client=w | access.groups is missing",
        "oidc.client=w | oidc.issuer is missing",
        "oidc.issuer=http://x,oidc.client=w | does not match pattern",
        "access.groups.a[0].role=agent | value must be one of",
        "access.groups.a[0].namespace=b | additional properties 'namespace' not allowed",
        "replicas=2 | collectors share nothing without records.url and objects.url",
        "objects.url=s3://b/w | records.url and objects.url belong together",
        "records.url=jdbc:postgresql://d/w,objects.url=s3://b/w | records.existingSecret is"
            + " missing",
        "ingress.enabled=true | ingress.host is missing",
        "tls.certManager.enabled=true | tls.certManager.issuer.name is missing",
        "replica=3 | additional properties 'replica' not allowed",
        "settings.data=/x | invalid propertyName 'data'",
        "settings.retian=alert=90d | invalid propertyName 'retian'",
        "collector.enabled=false | nothing is left to install",
        "collector.enabled=false,injection.mode=webhook | injection.collectorUrl is missing",
        "collector.enabled=false,injection.mode=webhook,injection.collectorUrl=https://c"
            + " | injection.ca is missing: pem",
        "records.url=jdbc:postgresql://d/w,records.existingSecret=s,objects.url=s3://b/w,"
            + "storage.cacheSize=1Mi | storage.cacheSize is 1Mi: give 2Gi or more",
        "injection.mode=policy | injection.mode policy needs Kubernetes 1.36 or newer",
        "injection.mode=webhook,tls.existingSecret=own | injection.ca is missing: pem",
        "injection.mode=webhook,injection.webhook.existingSecret=t | caBundle is missing",
        "injection.mode=both | value must be one of",
        "injection.ca.pem=x | does not match pattern",
        "image.digest=latest | does not match pattern",
        "records.url=postgres://d/w | does not match pattern",
      })
  void wrongValues_areRefused_byName(String values, String told) throws Exception {
    Helm.Outcome outcome = helm.template(List.of("--set", values));

    assertThat(outcome.status()).isNotZero();
    assertThat(outcome.output()).contains(told);
  }

  @Test
  void lint_findsNothing() throws Exception {
    Helm.Outcome outcome = helm.lint();

    assertThat(outcome.status()).as(outcome.output()).isZero();
  }

  private Manifests rendered(String values) throws Exception {
    Helm.Outcome outcome = helm.template(values.isEmpty() ? List.of() : List.of("--set", values));
    assertThat(outcome.status()).as(outcome.output()).isZero();
    return Manifests.parse(outcome.output());
  }

  @SuppressWarnings("unchecked")
  private static List<String> arguments(Map<String, Object> workload) {
    return (List<String>)
        Manifests.at(workload, "spec", "template", "spec", "containers", 0, "args");
  }

  /** The Secrets that the collector's pod mounts. */
  private static Set<String> secretsUsed(Manifests manifests) {
    Set<String> used = new HashSet<>();
    Object volumes =
        Manifests.at(manifests.only("Deployment"), "spec", "template", "spec", "volumes");
    for (Map<String, Object> volume : Manifests.maps(volumes)) {
      if (volume.containsKey("secret")) {
        used.add(String.valueOf(Manifests.at(volume, "secret", "secretName")));
      }
    }
    return used;
  }

  /** Those that the Job or cert-manager makes, or that the values name. */
  private static Set<String> secretsThere(Manifests manifests, String values) {
    Set<String> there = new HashSet<>();
    for (Map<String, Object> job : manifests.of("Job")) {
      for (String argument : arguments(job)) {
        if (!argument.startsWith("--host=") && argument.contains("=")) {
          there.add(argument.substring(argument.indexOf('=') + 1));
        }
      }
    }
    for (Map<String, Object> certificate : manifests.of("Certificate")) {
      there.add(String.valueOf(Manifests.at(certificate, "spec", "secretName")));
    }
    for (String value : values.split(",")) {
      String[] parts = value.split("=", 2);
      if (parts[0].endsWith("Secret")) {
        there.add(parts[1]);
      }
    }
    return there;
  }
}
