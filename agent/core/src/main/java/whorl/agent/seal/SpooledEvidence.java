package whorl.agent.seal;

import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import whorl.agent.capture.EvidenceSink;
import whorl.agent.ship.spool.Spool;
import whorl.evidence.Artifact;
import whorl.evidence.ArtifactName;
import whorl.evidence.Id;

/** Writes captures into the spool. */
public final class SpooledEvidence implements EvidenceSink {
  private final Spool spool;

  public SpooledEvidence(Spool spool) {
    this.spool = spool;
  }

  @Override
  public Draft begin(Id evidence, Id capture) throws IOException {
    return new Spooled(spool.begin(evidence, capture));
  }

  private record Spooled(whorl.agent.ship.spool.Draft draft) implements Draft {
    @Override
    public OutputStream create(ArtifactName name, String mediaType) throws IOException {
      return draft.create(name, mediaType);
    }

    @Override
    public void arrived(Artifact artifact) throws IOException {
      draft.arrived(artifact);
    }

    @Override
    public void shipEarly() {
      draft.shipEarly();
    }

    @Override
    public List<Artifact> artifacts() {
      return draft.artifacts();
    }

    @Override
    public long bytes() {
      return draft.bytes();
    }

    @Override
    public void commit() throws IOException {
      draft.commit();
    }

    @Override
    public void abandon() {
      draft.abandon();
    }
  }
}
