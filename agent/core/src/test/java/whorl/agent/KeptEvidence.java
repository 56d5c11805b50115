package whorl.agent;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import whorl.agent.capture.EvidenceSink;
import whorl.evidence.Artifact;
import whorl.evidence.ArtifactName;
import whorl.evidence.Digest;
import whorl.evidence.Id;

/** Keeps the last evidence in memory. */
public final class KeptEvidence implements EvidenceSink, EvidenceSink.Draft {
  public final Map<ArtifactName, byte[]> contents = new LinkedHashMap<>();
  final List<Artifact> artifacts = new ArrayList<>();
  public volatile boolean committed;
  boolean open;

  @Override
  public Draft begin(Id evidence, Id capture) {
    return this;
  }

  @Override
  public OutputStream create(ArtifactName name, String mediaType) throws IOException {
    if (open) {
      throw new IOException("close the previous artifact first");
    }
    open = true;
    return new ByteArrayOutputStream() {
      @Override
      public void close() {
        open = false;
        contents.put(name, toByteArray());
        artifacts.add(new Artifact(name, size(), Digest.of(toByteArray()), mediaType));
      }
    };
  }

  @Override
  public void arrived(Artifact artifact) {
    artifacts.add(artifact);
  }

  @Override
  public void shipEarly() {}

  @Override
  public List<Artifact> artifacts() {
    return List.copyOf(artifacts);
  }

  @Override
  public long bytes() {
    return contents.values().stream().mapToLong(bytes -> bytes.length).sum();
  }

  @Override
  public void commit() {
    committed = true;
  }

  @Override
  public void abandon() {
    contents.clear();
  }
}
