package whorl.samples.demo;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.jspecify.annotations.Nullable;

/** What the demo prints. Everything that came over the wire is stripped of control characters. */
final class Report {
  private static final DateTimeFormatter CLOCK =
      DateTimeFormatter.ofPattern("HH:mm:ss.SSS").withZone(ZoneOffset.UTC);
  private static final int FRAMES_SHOWN = 4;
  private static final int FIELD_MAX_CHARS = 90;

  private final PrintStream out;

  Report(PrintStream out) {
    this.out = out;
  }

  void note(String text) {
    line(text);
  }

  void started(Collector collector, boolean several, Shop shop, boolean container) {
    heading("Started");
    line(
        several
            ? "collectors %s, three behind HAProxy, on PostgreSQL and S3; folder %s"
                .formatted(collector.url(), collector.data().getParent())
            : "collector  %s, its folder %s".formatted(collector.url(), collector.data()));
    line(
        "shop       %s, %s"
            .formatted(
                shop.url(),
                container
                    ? "a distroless container: no shell, read-only root, user 65532, no"
                        + " capabilities, 512 MiB"
                    : "a plain JVM"));
    for (String printed : shop.output()) {
      if (printed.startsWith("whorl") || printed.startsWith("[whorl")) {
        line("           %s".formatted(printed));
      }
    }
  }

  void injected(Chart chart, InjectedPod pod) {
    heading("What the chart would do");
    line(
        "helm template renders %d objects; the label whorl.io/inject=true on a namespace has the API"
            .formatted(chart.objects()));
    line("server call the webhook for each new pod there, which answers with what is added:");
    JsonNode before = pod.before().at("/spec/containers/0");
    JsonNode after = pod.after().at("/spec/containers/0");
    for (JsonNode variable : after.path("env")) {
      if (!names(before.path("env")).contains(text(variable, "name"))) {
        line("  env     %-28s %s".formatted(text(variable, "name"), shown(variable)));
      }
    }
    after.path("volumeMounts").forEach(each -> line("  mount   " + text(each, "mountPath")));
    pod.after()
        .at("/spec/initContainers")
        .forEach(each -> line("  init    " + text(each, "name") + ", " + text(each, "image")));
    line(
        "podman kube play runs the pod: a Secret takes the place of the kubelet's projected token.");
  }

  private static List<String> names(JsonNode list) {
    List<String> names = new ArrayList<>();
    list.forEach(each -> names.add(text(each, "name")));
    return names;
  }

  private static String shown(JsonNode variable) {
    String value =
        variable.has("value")
            ? text(variable, "value")
            : "from " + variable.at("/valueFrom/fieldRef/fieldPath").asText();
    return shortened(value);
  }

  void agent(JsonNode agent) {
    line(
        "agent      %s, pid %s, %s"
            .formatted(text(agent, "id"), text(agent, "pid"), text(agent, "jvm")));
  }

  void attack(AttackRun attack) {
    heading("The attack, over HTTP alone");
    attack.lines().forEach(this::line);
  }

  void alerts(JsonNode alerts) {
    heading("What the agent saw");
    List<JsonNode> oldestFirst = new ArrayList<>();
    alerts.forEach(oldestFirst::add);
    oldestFirst.sort(Comparator.comparing(alert -> Instant.parse(text(alert, "time"))));
    for (JsonNode alert : oldestFirst) {
      line(
          "%s  %-8s %s"
              .formatted(
                  CLOCK.format(Instant.parse(text(alert, "time"))),
                  text(alert, "level"),
                  text(alert, "title")));
      line("              %s".formatted(fields(alert.path("fields"))));
      for (String frame : framesOfTheApp(alert.path("stack"))) {
        line("              at %s".formatted(frame));
      }
    }
  }

  void evidence(
      JsonNode evidence, @Nullable Path recording, List<String> verification, boolean verified) {
    heading("The evidence");
    JsonNode artifacts = evidence.path("artifacts");
    long bytes = 0;
    for (JsonNode artifact : artifacts) {
      bytes += artifact.path("size").asLong();
    }
    line(
        "%s: %s, %d artifacts, %,d bytes, for \"%s\""
            .formatted(
                text(evidence, "id"),
                text(evidence, "state"),
                artifacts.size(),
                bytes,
                text(evidence, "reason")));
    for (JsonNode artifact : artifacts) {
      String name = text(artifact, "name");
      if (!name.startsWith("classes/") && !name.startsWith("files/")) {
        line("  %-22s %,12d bytes".formatted(name, artifact.path("size").asLong()));
      }
    }
    if (recording != null) {
      line(window(recording, evidence.path("alert")));
    }
    line(verified ? "verified: every digest, the signature, the custody chain" : "NOT VERIFIED");
    if (!verified) {
      verification.forEach(said -> line("  %s".formatted(said)));
    }
  }

  void whereToOpen(Collector collector, String id, Path bag, @Nullable Path recording) {
    heading("Open it");
    line("the page              %s/#/evidence/%s".formatted(collector.url(), id));
    line(
        "  its token           awk '/^responder/ {print $2}' %s"
            .formatted(collector.data().resolve("tokens")));
    line("without a collector   java -jar collector-server/target/whorl-collector.jar open " + bag);
    if (recording != null) {
      line("JDK Mission Control   File > Open File… > %s".formatted(recording));
    }
    line("the whole bag         %s".formatted(bag));
    line(
        "over HTTP             TOKEN=$(awk '/^responder/ {print $2}' %s)"
            .formatted(collector.data().resolve("tokens")));
    String curl = "curl -H \"Authorization: Bearer $TOKEN\" ";
    line("  %s%s/api/v1/evidence/%s".formatted(curl, collector.url(), id));
    line(
        "  %s-H 'Content-Type: application/json' -d '{\"target\":{\"service\":\"shop\"}}' %s/api/v1/captures"
            .formatted(curl, collector.url()));
  }

  void staysUp() {
    out.println();
    line("All of it stays up until Ctrl-C.");
  }

  /** How far the recording reaches back before the alert. */
  private static String window(Path recording, JsonNode alert) {
    Instant first = Instant.MAX;
    long events = 0;
    long ours = 0;
    try (RecordingFile file = new RecordingFile(recording)) {
      while (file.hasMoreEvents()) {
        RecordedEvent event = file.readEvent();
        events++;
        if (event.getEventType().getName().startsWith("whorl.")) {
          ours++;
        }
        if (event.getStartTime().isBefore(first)) {
          first = event.getStartTime();
        }
      }
    } catch (IOException e) {
      return "recording.jfr cannot be read: " + e.getMessage();
    }
    String before = "";
    if (alert.hasNonNull("time")) {
      Duration lead = Duration.between(first, Instant.parse(alert.path("time").asText()));
      before = String.format(", and begins %.1f s before the alert", lead.toMillis() / 1000.0);
    }
    return String.format(
        "recording.jfr holds %,d events, %,d of them Whorl's%s", events, ours, before);
  }

  private static String fields(JsonNode fields) {
    List<String> shown = new ArrayList<>();
    fields
        .properties()
        .forEach(
            field -> {
              String value = field.getValue().asText();
              if (!value.isEmpty() && !field.getKey().equals("stack")) {
                shown.add(field.getKey() + "=" + shortened(value));
              }
            });
    return printable(String.join("  ", shown));
  }

  /** The innermost frames that are not the JDK's. */
  private static List<String> framesOfTheApp(JsonNode stack) {
    List<String> frames = new ArrayList<>();
    for (JsonNode frame : stack) {
      String text = frame.asText();
      if (!text.startsWith("java.") && !text.startsWith("jdk.") && !text.startsWith("sun.")) {
        frames.add(printable(text));
      }
      if (frames.size() == FRAMES_SHOWN) {
        break;
      }
    }
    return frames;
  }

  private static String text(JsonNode node, String field) {
    return printable(node.path(field).asText());
  }

  private static String shortened(String value) {
    return value.length() <= FIELD_MAX_CHARS ? value : value.substring(0, FIELD_MAX_CHARS) + "…";
  }

  private static String printable(String text) {
    return text.replaceAll("\\p{Cntrl}", " ");
  }

  private void heading(String title) {
    out.println();
    out.println(title);
    out.println("-".repeat(title.length()));
  }

  private void line(String text) {
    out.println(text);
  }
}
