package whorl.agent.capture;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import whorl.evidence.Artifact;
import whorl.evidence.ArtifactName;
import whorl.evidence.HeapFacts;
import whorl.evidence.Json;

/** Stores what a source writes. */
public final class RecordedOutput implements ArtifactOutput {
  public final Map<String, ByteArrayOutputStream> artifacts = new LinkedHashMap<>();
  public final Map<String, String> missing = new LinkedHashMap<>();
  final List<Artifact> arrived = new ArrayList<>();
  final List<HeapFacts> heap = new ArrayList<>();
  public final List<String> log = new ArrayList<>();

  @Override
  public OutputStream create(ArtifactName name, String mediaType) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    artifacts.put(name.value(), bytes);
    return bytes;
  }

  @Override
  public void arrived(Artifact artifact) {
    arrived.add(artifact);
  }

  @Override
  public void heap(HeapFacts facts) {
    heap.add(facts);
  }

  @Override
  public void missing(String artifact, String reason) {
    missing.put(artifact, reason);
  }

  @Override
  public void log(String line) {
    log.add(line);
  }

  public String text(ArtifactName name) {
    return artifacts.get(name.value()).toString(StandardCharsets.UTF_8);
  }

  public JsonNode json(ArtifactName name) {
    try {
      return Json.MAPPER.readTree(text(name));
    } catch (IOException e) {
      throw new AssertionError(text(name), e);
    }
  }

  public List<JsonNode> lines(ArtifactName name) {
    List<JsonNode> lines = new ArrayList<>();
    for (String line : text(name).split("\n", -1)) {
      if (!line.isEmpty()) {
        try {
          lines.add(Json.MAPPER.readTree(line));
        } catch (IOException e) {
          throw new AssertionError(line, e);
        }
      }
    }
    return lines;
  }
}
