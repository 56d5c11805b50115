package whorl.collector.cli.doctor;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import whorl.collector.cli.client.Answer;
import whorl.collector.cli.client.CollectorClient;
import whorl.collector.cli.terminal.CliException;
import whorl.collector.maintenance.Check;
import whorl.evidence.Json;

/** Whether the webhook that injects the agent is ready, and what it does with a plain pod. */
final class WebhookChecks {
  private static final String REMEDY =
      "see the webhook's log; pods are created without the agent meanwhile (docs/kubernetes.md)";

  /** A pod that asks for the agent. It is only asked about, and never created. */
  private static final String REVIEW =
      """
      {"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview", "request": {
        "uid": "whorl-doctor", "operation": "CREATE", "namespace": "whorl-doctor",
        "kind": {"group": "", "version": "v1", "kind": "Pod"},
        "object": {"apiVersion": "v1", "kind": "Pod",
          "metadata": {"name": "whorl-doctor", "labels": {"whorl.io/inject": "true"}},
          "spec": {"containers": [{"name": "app", "image": "app"}]}}}}
      """;

  private WebhookChecks() {}

  static void run(CollectorClient webhook, List<Check> checks) {
    try {
      Answer ready = webhook.answer("/readyz");
      checks.add(
          ready.status() == 200
              ? Check.ok("webhook-ready", ready.text().strip())
              : Check.fail("webhook-ready", ready.text().strip().replace('\n', ' '), REMEDY));
      review(webhook.post("/inject", REVIEW.getBytes(StandardCharsets.UTF_8)), checks);
    } catch (CliException e) {
      checks.add(Check.fail("webhook", String.valueOf(e.getMessage()), REMEDY));
    }
  }

  private static void review(Answer answer, List<Check> checks) {
    try {
      JsonNode response = Json.LENIENT.readTree(answer.text()).path("response");
      String patch =
          new String(
              Base64.getDecoder().decode(response.path("patch").asText("")),
              StandardCharsets.UTF_8);
      if (!response.path("allowed").asBoolean(false)) {
        checks.add(
            Check.fail("webhook", "a pod would be refused, status " + answer.status(), REMEDY));
      } else if (patch.contains("JAVA_TOOL_OPTIONS")) {
        checks.add(Check.ok("webhook", "a plain pod with the label gets the agent"));
      } else {
        checks.add(
            Check.fail(
                "webhook",
                "a plain pod with the label does not get the agent "
                    + response.path("warnings").toString(),
                REMEDY));
      }
    } catch (IOException | IllegalArgumentException e) {
      checks.add(
          Check.fail(
              "webhook",
              "no answer to a review, status " + answer.status(),
              "check that the URL is the webhook's"));
    }
  }
}
