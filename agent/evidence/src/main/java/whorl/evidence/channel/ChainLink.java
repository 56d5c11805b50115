package whorl.evidence.channel;

import whorl.evidence.ChainHead;
import whorl.evidence.Digest;

/**
 * Makes a message a link of its agent's chain. The hash of the link is {@link ChainHead#after} over
 * the whole message as it was sent, this part of it included.
 *
 * @param sequence of this link, counted from 1; a message that is sent again keeps its number
 * @param previous the hash of the link before
 * @param dropped how many events and alerts the agent itself has dropped so far before they became
 *     part of a message; grows from link to link
 */
public record ChainLink(long sequence, Digest previous, long dropped) {
  /**
   * @throws IllegalArgumentException if a number is out of range, or {@code previous} is missing
   */
  public ChainLink {
    if (sequence < 1 || sequence > ChainHead.SEQUENCE_MAX) {
      throw new IllegalArgumentException("chain: sequence is out of range: " + sequence);
    }
    if (previous == null) {
      throw new IllegalArgumentException("chain: previous is missing");
    }
    if (dropped < 0 || dropped > ChainHead.SEQUENCE_MAX) {
      throw new IllegalArgumentException("chain: dropped is out of range: " + dropped);
    }
  }
}
