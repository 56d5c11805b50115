package whorl.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.Gson;
import java.io.ByteArrayInputStream;
import java.nio.file.Files;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Values for what a platform has of its own: rooms, networks, authorities, monitoring, options. */
class PlatformValuesTest {
  private static final String SHARED =
      "records.url=jdbc:postgresql://db/whorl,records.existingSecret=db,objects.url=s3://b/w";

  /** Options of serve that the chart gives itself, or has values of its own for. */
  private static final Set<String> OF_THE_CHART =
      Set.of(
          "listen",
          "data",
          "tokens",
          "tls-cert",
          "tls-key",
          "custody-key",
          "records",
          "objects",
          "lake",
          "access",
          "notify",
          "oidc-issuer",
          "oidc-client",
          "oidc-secret-file",
          "oidc-cli-client",
          "oidc-scopes",
          "oidc-groups-claim",
          "oidc-audience",
          "oidc-ca",
          "oidc-page");

  /** TLS is always there. */
  private static final Set<String> NEVER = Set.of("insecure");

  private static final Pattern OPTION = Pattern.compile("(?m)^ {6}--([a-z-]+)");

  private Helm helm;

  @BeforeEach
  void find() {
    Helm found = Helm.find();
    Assumptions.assumeTrue(
        found != null, "no helm on the path: put it there, or give -Dwhorl.helm=FILE");
    helm = found;
  }

  @Test
  void settings_areTheOptionsOfServe_thatTheChartDoesNotGive() throws Exception {
    String schema = Files.readString(Command.ROOT.resolve("deploy/helm/whorl/values.schema.json"));
    Object names =
        Manifests.at(
            new Gson().fromJson(schema, Map.class),
            "properties",
            "settings",
            "propertyNames",
            "enum");
    String cli = Files.readString(Command.ROOT.resolve("docs/cli.md"));
    int begin = cli.indexOf("\n## whorl serve\n");
    Matcher option = OPTION.matcher(cli.substring(begin, cli.indexOf("\n## ", begin + 1)));
    Set<String> options = new TreeSet<>();
    while (option.find()) {
      options.add(option.group(1));
    }

    assertThat(options).containsAll(OF_THE_CHART).containsAll(NEVER);
    options.removeAll(OF_THE_CHART);
    options.removeAll(NEVER);
    assertThat((List<?>) names).isEqualTo(List.copyOf(options));
  }

  @ParameterizedTest
  @CsvSource({
    "20Gi, 10240MiB",
    "1.5Gi, 768MiB",
    "100G, 47683MiB",
    "4Ti, 2048GiB",
    "3000Mi, 1500MiB",
  })
  void copiesOfObjects_takeHalfOfTheFolder(String folder, String cache) throws Exception {
    Map<String, Object> collector = rendered(SHARED + ",storage.cacheSize=" + folder).collector();

    assertThat(arguments(collector)).contains("--cache-size=" + cache);
    assertThat(Manifests.maps(Manifests.at(collector, "spec", "template", "spec", "volumes")))
        .filteredOn(volume -> "data".equals(volume.get("name")))
        .singleElement()
        .isEqualTo(Map.of("name", "data", "emptyDir", Map.of("sizeLimit", folder)));
  }

  @Test
  void cacheSizeOfTheSettings_goesBefore_andOneCollectorAloneHasNoCache() throws Exception {
    assertThat(arguments(rendered(SHARED + ",settings.cache-size=5GiB").collector()))
        .contains("--cache-size=5GiB")
        .doesNotContain("--cache-size=10240MiB");
    assertThat(arguments(rendered("").collector()))
        .noneMatch(each -> each.startsWith("--cache-size"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "settings.agent-issuer=https://oidc.example | 443, 6443",
        "injection.issuer.more={https://two.example} | 443, 6443",
        "settings.checkpoint-webhook=https://siem.example | 443",
        "settings.tsa=http://tsa.example | 443, 80",
      })
  void whatTheCollectorConnectsTo_isPermitted(String values, String ports) throws Exception {
    String egress =
        Manifests.at(rendered(values).manifests.only("NetworkPolicy"), "spec", "egress").toString();

    for (String port : ports.split(", ", -1)) {
      assertThat(egress).contains("port=" + port + "}");
    }
    assertThat(egress).contains("port=53}");
  }

  @Test
  void furtherClusters_areAcceptedBesideTheOwn() throws Exception {
    assertThat(
            arguments(
                rendered(
                        "injection.mode=webhook,injection.issuer.url=https://one.example,"
                            + "injection.issuer.jwks=,injection.issuer.more={https://two.example}")
                    .collector()))
        .contains("--agent-issuer=https://one.example", "--agent-issuer=https://two.example");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "injection.mode=none",
        "injection.mode=webhook,injection.tokenSecret=whorl",
        "settings.agent-issuer=https://one.example"
      })
  void furtherClusters_areAccepted_whateverTheAgentsOfItsOwnShow(String own) throws Exception {
    assertThat(
            arguments(
                rendered(own + ",injection.issuer.more={https://two.example\\,jwks=/two.json}")
                    .collector()))
        .contains("--agent-issuer=https://two.example,jwks=/two.json");
  }

  @ParameterizedTest
  @ValueSource(strings = {"webhook", "policy"})
  void clusterWithoutACollector_hasWhatInjectsTheAgent_andNothingElse(String mode)
      throws Exception {
    Manifests manifests =
        rendered(
                "collector.enabled=false,injection.collectorUrl=https://whorl.example,"
                    + "injection.ca.platform=true,serviceMonitor.enabled=true,"
                    + "prometheusRule.enabled=true,grafanaDashboard.enabled=true,injection.mode="
                    + mode)
            .manifests;

    assertThat(manifests.all())
        .extracting(Manifests::name)
        .noneMatch(name -> name.contains("collector"));
    manifests.checkKinds();
    if (mode.equals("webhook")) {
      assertThat(manifests.only("PrometheusRule").toString())
          .contains("WhorlWebhookNotReady", "WhorlCertificateEnds")
          .doesNotContain("WhorlNoAgents");
      assertThat(manifests.only("ConfigMap").toString()).contains("https://whorl.example");
      assertThat(manifests.of("ServiceMonitor")).hasSize(1);
    } else {
      assertThat(manifests.of("MutatingAdmissionPolicyBinding"))
          .hasSize(2)
          .hasSize(manifests.all().size() - 1);
    }
  }

  @Test
  void variablesAndVolumes_areTheCollectors() throws Exception {
    Map<String, Object> collector =
        rendered(
                "env[0].name=JDK_JAVA_OPTIONS,env[0].value=-Djavax.net.ssl.trustStore=/trust/ca.p12,"
                    + "volumes[0].name=trust,volumes[0].secret.secretName=trust,"
                    + "volumeMounts[0].name=trust,volumeMounts[0].mountPath=/trust")
            .collector();

    assertThat(Manifests.at(collector, "spec", "template", "spec", "containers", 0, "env"))
        .isEqualTo(
            List.of(
                Map.of(
                    "name",
                    "JDK_JAVA_OPTIONS",
                    "value",
                    "-Djavax.net.ssl.trustStore=/trust/ca.p12")));
    assertThat(
            Manifests.maps(
                Manifests.at(
                    collector, "spec", "template", "spec", "containers", 0, "volumeMounts")))
        .contains(Map.of("name", "trust", "mountPath", "/trust"));
    assertThat(Manifests.maps(Manifests.at(collector, "spec", "template", "spec", "volumes")))
        .contains(Map.of("name", "trust", "secret", Map.of("secretName", "trust")));
  }

  /** Of kubectl port-forward, 127.0.0.1 is the name. */
  @Test
  void certificates_areForThePortForwardToo() throws Exception {
    Rendered rendered = rendered("injection.mode=webhook");
    String certificate =
        String.valueOf(
            Manifests.at(
                rendered.manifests.of("Secret").stream()
                    .filter(each -> Manifests.name(each).equals("whorl-webhook-tls"))
                    .findFirst()
                    .orElseThrow(),
                "data",
                "tls.crt"));
    X509Certificate webhook =
        (X509Certificate)
            CertificateFactory.getInstance("X.509")
                .generateCertificate(
                    new ByteArrayInputStream(Base64.getDecoder().decode(certificate)));

    assertThat(webhook.getSubjectAlternativeNames().toString())
        .contains("whorl-webhook.forensics.svc", "localhost", "127.0.0.1");
    assertThat(arguments(rendered.manifests.only("Job")))
        .contains("--host=whorl-collector.forensics.svc", "--host=localhost", "--host=127.0.0.1");
  }

  @Test
  void metrics_needNoToken() throws Exception {
    assertThat(
            Manifests.maps(
                Manifests.at(
                    rendered("serviceMonitor.enabled=true").manifests.only("ServiceMonitor"),
                    "spec",
                    "endpoints")))
        .singleElement()
        .satisfies(endpoint -> assertThat(endpoint).doesNotContainKey("authorization"));
    assertThat(
            Manifests.at(
                    rendered("serviceMonitor.enabled=true,serviceMonitor.tokenSecret.name=proxy")
                        .manifests
                        .only("ServiceMonitor"),
                    "spec",
                    "endpoints")
                .toString())
        .contains("name=proxy", "key=viewer");
  }

  private record Rendered(Manifests manifests) {
    Map<String, Object> collector() {
      return manifests.of("Deployment").stream()
          .filter(each -> Manifests.name(each).endsWith("-collector"))
          .findFirst()
          .orElseThrow();
    }
  }

  private Rendered rendered(String values) throws Exception {
    List<String> arguments = new ArrayList<>(List.of("--kube-version=1.36.0"));
    if (!values.isEmpty()) {
      arguments.addAll(List.of("--set", values));
    }
    Helm.Outcome outcome = helm.template(arguments);
    assertThat(outcome.status()).as(outcome.output()).isZero();
    return new Rendered(Manifests.parse(outcome.output()));
  }

  @SuppressWarnings("unchecked")
  private static List<String> arguments(Map<String, Object> workload) {
    return (List<String>)
        Manifests.at(workload, "spec", "template", "spec", "containers", 0, "args");
  }
}
