package whorl.dist;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import whorl.evidence.Alert;
import whorl.evidence.EventLine;
import whorl.evidence.Json;

/** The evidence of one application's run, as far as classes and registrations go. */
record InjectedApp(Path evidence, Path shells, String err) {
  static InjectedApp run(
      Path folder, Jdk jdk, AppProgram program, boolean attacked, String... options)
      throws Exception {
    Path shells = folder.resolve("shells");
    String classPath = program.compile(folder.resolve("app"), shells);
    Kept.Run run =
        new Kept(folder)
            .run(
                new ChildJvm(jdk.home())
                    .withClassPath(classPath)
                    .variable("WHORL_CAPTURE_AFTER", "4s")
                    .option("--add-opens", "java.base/java.lang=ALL-UNNAMED")
                    .option("--add-exports", "java.base/jdk.internal.misc=ALL-UNNAMED")
                    .option("--add-opens", "jdk.httpserver/sun.net.httpserver=ALL-UNNAMED")
                    .option("-Dshells=" + shells, "-Dattacked=" + attacked)
                    .option(options),
                program.source());
    if (run.evidence() == null) {
      throw new AssertionError("no evidence: " + run.outcome());
    }
    return new InjectedApp(run.evidence(), shells, run.outcome().err());
  }

  List<JsonNode> classes() throws IOException {
    return lines("classes.ndjson");
  }

  List<JsonNode> registrations() throws IOException {
    return lines("registrations.ndjson");
  }

  /** All findings of all classes, as {@code kind severity class target}. */
  List<String> findings() throws IOException {
    List<String> findings = new ArrayList<>();
    for (JsonNode line : classes()) {
      for (JsonNode finding : line.path("findings")) {
        findings.add(
            finding.path("kind").asText()
                + " "
                + finding.path("severity").asText()
                + " "
                + line.path("name").asText()
                + " "
                + finding.path("target").asText("")
                + " ("
                + line.path("loader").asText()
                + ", "
                + line.path("codeSource").asText()
                + ": "
                + finding.path("reason").asText()
                + " "
                + line.path("stack")
                + ")");
      }
    }
    return findings;
  }

  /** The finding of that kind on that class, with the class's line. */
  Optional<JsonNode> finding(String kind, String className) throws IOException {
    for (JsonNode line : classes()) {
      for (JsonNode finding : line.path("findings")) {
        if (finding.path("kind").asText().equals(kind)
            && (line.path("name").asText() + "/").startsWith(className + "/")) {
          return Optional.of(line);
        }
      }
    }
    return Optional.empty();
  }

  /** The class file that was injected. */
  byte[] brought(String name) throws IOException {
    return Files.readAllBytes(shells.resolve(name + ".class"));
  }

  /** The class file that the evidence has for it. */
  byte[] kept(JsonNode line) throws IOException {
    return Files.readAllBytes(
        evidence.resolve("classes/" + line.path("sha256").asText() + ".class"));
  }

  /** The alert that began the capture, and those that joined it. */
  List<Alert> alerts() throws IOException {
    JsonNode file = Json.MAPPER.readTree(evidence.resolve("alert.json").toFile());
    List<Alert> alerts = new ArrayList<>();
    alerts.add(Json.MAPPER.treeToValue(file.path("alert"), Alert.class));
    for (JsonNode joined : file.path("joined")) {
      alerts.add(Json.MAPPER.treeToValue(joined, Alert.class));
    }
    return alerts;
  }

  List<EventLine> events(String type) throws IOException {
    return Kept.events(evidence).stream().filter(event -> event.type().equals(type)).toList();
  }

  private List<JsonNode> lines(String name) throws IOException {
    List<JsonNode> lines = new ArrayList<>();
    for (String line : Files.readAllLines(evidence.resolve(name))) {
      lines.add(Json.MAPPER.readTree(line));
    }
    return lines;
  }
}
