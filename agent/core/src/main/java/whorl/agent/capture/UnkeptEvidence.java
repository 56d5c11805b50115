package whorl.agent.capture;

import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import whorl.evidence.Artifact;
import whorl.evidence.ArtifactName;
import whorl.evidence.Id;

/** For a rehearsal: all that is written is removed when it is done. */
public record UnkeptEvidence(EvidenceSink next) implements EvidenceSink {
  @Override
  public Draft begin(Id evidence, Id capture) throws IOException {
    return new Unkept(next.begin(evidence, capture));
  }

  private record Unkept(Draft draft) implements Draft {
    @Override
    public OutputStream create(ArtifactName name, String mediaType) throws IOException {
      return draft.create(name, mediaType);
    }

    @Override
    public void arrived(Artifact artifact) throws IOException {
      draft.arrived(artifact);
    }

    @Override
    public List<Artifact> artifacts() {
      return draft.artifacts();
    }

    @Override
    public void commit() {
      draft.abandon();
    }

    @Override
    public void abandon() {
      draft.abandon();
    }
  }
}
