package whorl.collector.custody.proof;

import whorl.evidence.Digest;

/**
 * A checkpoint with its signature.
 *
 * @param checkpoint what the note says
 */
public record SignedCheckpoint(Checkpoint checkpoint, SignedNote note) {
  /** Signs a checkpoint of the log that this key names. */
  public static SignedCheckpoint sign(long size, Digest root, SignerKey key) {
    Checkpoint checkpoint = new Checkpoint(key.verifier().name(), size, root);
    return new SignedCheckpoint(checkpoint, SignedNote.sign(checkpoint.text(), key));
  }

  /**
   * Parses a checkpoint; its signature is not checked.
   *
   * @throws IllegalArgumentException if it is none
   */
  public static SignedCheckpoint parse(byte[] content) {
    SignedNote note = SignedNote.parse(content);
    return new SignedCheckpoint(Checkpoint.parse(note.text()), note);
  }

  /** The number of leaves. */
  public long size() {
    return checkpoint.size();
  }

  /** The root of the tree. */
  public Digest root() {
    return checkpoint.root();
  }

  /** True if the key is that of the log, and signed it. */
  public boolean isSignedBy(VerifierKey key) {
    return checkpoint.origin().equals(key.name()) && note.isSignedBy(key);
  }

  /** The note's bytes, which are kept, published and time-stamped. */
  public byte[] bytes() {
    return note.bytes();
  }
}
