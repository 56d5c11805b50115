package whorl.collector.cli.command;

import whorl.evidence.channel.ArtifactKind;

/** The kinds of artifacts that a capture can be asked for. */
public final class ArtifactKinds extends Words {
  public ArtifactKinds() {
    super(ArtifactKind.ALL);
  }
}
