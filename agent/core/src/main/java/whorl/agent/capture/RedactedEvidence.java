package whorl.agent.capture;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import whorl.agent.redact.Redactor;
import whorl.agent.redact.stream.RedactedStreams;
import whorl.evidence.Artifact;
import whorl.evidence.ArtifactName;
import whorl.evidence.Id;

/**
 * Masks everything that a source writes, by its media type, before it is hashed, encrypted and
 * stored. The manifest and its envelope are built from masked data.
 */
public final class RedactedEvidence implements EvidenceSink {
  private final EvidenceSink next;
  private final RedactedStreams masked;

  public RedactedEvidence(EvidenceSink next, Redactor redactor) {
    this.next = next;
    this.masked = new RedactedStreams(redactor);
  }

  @Override
  public Draft begin(Id evidence, Id capture) throws IOException {
    return new Redacted(next.begin(evidence, capture), masked);
  }

  private record Redacted(Draft draft, RedactedStreams masked) implements Draft {
    @Override
    public OutputStream create(ArtifactName name, String mediaType) throws IOException {
      if (name.equals(ArtifactName.MANIFEST) || name.equals(ArtifactName.ENVELOPE)) {
        return draft.create(name, mediaType);
      }
      masked.check(mediaType);
      return masked.into(draft.create(name, mediaType), mediaType);
    }

    @Override
    public JsonGenerator create(ArtifactName name, String mediaType, JsonForm form)
        throws IOException {
      return masked.json(form.on(draft.create(name, mediaType)));
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
