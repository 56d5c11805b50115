package whorl.agent.seal;

import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import whorl.agent.capture.EvidenceSink;
import whorl.agent.encrypt.Recipient;
import whorl.evidence.Artifact;
import whorl.evidence.ArtifactName;
import whorl.evidence.Id;

/**
 * Encrypts each artifact on its way into evidence and appends {@code .age} to its name. Only the
 * manifest and its envelope stay readable, so that the collector can check the artifacts that it
 * cannot read.
 */
final class EncryptedEvidence implements EvidenceSink {
  private final EvidenceSink next;
  private final Recipient recipient;

  EncryptedEvidence(EvidenceSink next, Recipient recipient) {
    this.next = next;
    this.recipient = recipient;
  }

  @Override
  public Draft begin(Id evidence, Id capture) throws IOException {
    return new Encrypted(next.begin(evidence, capture), recipient);
  }

  private record Encrypted(Draft draft, Recipient recipient) implements Draft {
    @Override
    public OutputStream create(ArtifactName name, String mediaType) throws IOException {
      if (name.equals(ArtifactName.MANIFEST) || name.equals(ArtifactName.ENVELOPE)) {
        return draft.create(name, mediaType);
      }
      OutputStream out = draft.create(recipient.nameOf(name), Recipient.MEDIA_TYPE);
      boolean begun = false;
      try {
        OutputStream encrypting = recipient.encrypting(out);
        begun = true;
        return encrypting;
      } finally {
        if (!begun) {
          out.close();
        }
      }
    }

    @Override
    public void arrived(Artifact artifact) throws IOException {
      if (!artifact.name().isEncrypted()) {
        throw new IOException(
            "artifact "
                + artifact.name()
                + " is not encrypted; all of this evidence must be, to "
                + recipient);
      }
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
