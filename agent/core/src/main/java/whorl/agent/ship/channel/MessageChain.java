package whorl.agent.ship.channel;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import whorl.agent.config.MemoryBudget;
import whorl.evidence.ChainHead;
import whorl.evidence.Id;
import whorl.evidence.SigningKey;
import whorl.evidence.channel.ChainLink;
import whorl.evidence.channel.SignedHead;

/**
 * The chain of this process: each journal message, alert and manifest contains the hash of the one
 * before it, so that the collector notices what is missing, changed, repeated or said by somebody
 * else. A link is made when its message is handed over for sending, and is never made anew: the
 * newest sent messages are kept, up to a limit in bytes, and sent again as they are if the
 * collector did not receive them.
 *
 * <p>The network thread makes links of messages, the capture thread those of manifests. No thread
 * of the application calls this class.
 */
public final class MessageChain {
  /** Links that wait for a connection: those of manifests, and what a collector did not receive. */
  static final int MAX_WAITING = 1_024;

  private final Id agent;
  private final @Nullable SigningKey key;
  private final long maxBytes;

  /** Guarded by this, as are the following fields: the last link that was made. */
  private ChainHead head;

  /** The last link that was taken for sending. */
  private ChainHead sent;

  private final Deque<Link> waiting = new ArrayDeque<>();
  private final Deque<Link> kept = new ArrayDeque<>();
  private long keptBytes;
  private long lostThrough;
  private long lost;
  private long disagreements;
  private @Nullable SignedHead signed;

  /**
   * A message as it is sent.
   *
   * @param position after this link
   * @param alert the alert that it raises; null if it is something else
   */
  private record Link(ChainHead position, byte[] message, @Nullable Id alert) {}

  /** Writes a message that contains its link. */
  @FunctionalInterface
  public interface Writer {
    byte[] write(ChainLink link);
  }

  /**
   * @param key signs the heartbeat's positions; null if the JVM has no Ed25519
   */
  public MessageChain(Id agent, @Nullable SigningKey key) {
    this(agent, key, MemoryBudget.OF_THIS_JVM.sentBytes());
  }

  /**
   * @param maxBytes limit for the sent messages that are kept
   */
  MessageChain(Id agent, @Nullable SigningKey key, long maxBytes) {
    this.agent = agent;
    this.key = key;
    this.maxBytes = maxBytes;
    this.head = ChainHead.start(agent);
    this.sent = head;
  }

  /** The last link that was made. */
  synchronized ChainHead head() {
    return head;
  }

  /**
   * Makes the message that {@code writer} writes the next link.
   *
   * @param dropped the agent's own losses so far
   * @param maxMessageBytes a larger message becomes no link
   * @param alert the alert that the message raises; null if it is something else
   * @return false if the message is too large
   */
  synchronized boolean append(
      long dropped, int maxMessageBytes, @Nullable Id alert, Writer writer) {
    long sequence = head.sequence() + 1;
    byte[] message = writer.write(new ChainLink(sequence, head.hash(), dropped));
    if (message.length > maxMessageBytes) {
      return false;
    }
    add(sequence, message, alert);
    return true;
  }

  /**
   * Makes the message that {@code writer} writes the next link, whatever its size.
   *
   * @return its position
   */
  public synchronized ChainHead append(long dropped, Writer writer) {
    long sequence = head.sequence() + 1;
    add(sequence, writer.write(new ChainLink(sequence, head.hash(), dropped)), null);
    if (waiting.size() > MAX_WAITING) {
      waiting.remove();
    }
    return head;
  }

  private void add(long sequence, byte[] message, @Nullable Id alert) {
    ChainHead next = ChainHead.after(sequence, message);
    waiting.add(new Link(next, message, alert));
    head = next; // not before: a link that memory ran out for would be missing in the chain
  }

  /**
   * Takes the messages to send now, in the order of their links. They are kept for {@link #resume}.
   */
  synchronized List<byte[]> takeWaiting() {
    List<byte[]> messages = new ArrayList<>(waiting.size());
    for (Link link : waiting) {
      messages.add(link.message());
      sent = link.position();
      kept.add(link);
      keptBytes += link.message().length;
    }
    waiting.clear();
    while (keptBytes > maxBytes) {
      keptBytes -= kept.remove().message().length;
    }
    return messages;
  }

  /**
   * Continues on a new connection: what the collector did not receive and is still here waits
   * again.
   *
   * @param received the last link that the collector has
   * @return the alerts among the messages that wait again
   */
  synchronized Set<Id> resume(ChainHead received) {
    boolean known = received.sequence() <= head.sequence();
    if (!known || (received.sequence() == head.sequence() && !received.equals(head))) {
      disagreements++;
    }
    List<Link> unreceived = new ArrayList<>();
    for (Iterator<Link> links = kept.iterator(); links.hasNext(); ) {
      Link link = links.next();
      if (link.position().sequence() > received.sequence()) {
        unreceived.add(link);
      } else if (link.position().sequence() == received.sequence()
          && received.sequence() < head.sequence()
          && !link.position().equals(received)) {
        disagreements++;
      }
    }
    kept.clear();
    keptBytes = 0;
    Set<Id> alerts = new HashSet<>();
    for (int i = unreceived.size() - 1; i >= 0; i--) {
      Link link = unreceived.get(i);
      waiting.addFirst(link);
      if (link.alert() != null) {
        alerts.add(link.alert());
      }
    }
    if (known) {
      countLost(received.sequence());
    }
    return alerts;
  }

  private void countLost(long received) {
    Link next = waiting.peek();
    long through = next == null ? head.sequence() : next.position().sequence() - 1;
    long from = Math.max(received, lostThrough);
    lost += Math.max(0, through - from);
    lostThrough = Math.max(lostThrough, through);
  }

  /** The last link that was taken for sending, signed. Signs only if it has changed. */
  synchronized SignedHead signed() {
    SignedHead last = signed;
    if (last == null || !last.head().equals(sent)) {
      last = new SignedHead(sent, key == null ? null : key.sign(agent, sent));
      signed = last;
    }
    return last;
  }

  /** The number of messages that the collector did not receive and that are no longer here. */
  public synchronized long lost() {
    return lost;
  }

  /** How often the collector named a last link that is not of this chain. */
  public synchronized long disagreements() {
    return disagreements;
  }

  /** Bytes of the messages that are kept or wait. */
  public synchronized long heldBytes() {
    long bytes = keptBytes;
    for (Link link : waiting) {
      bytes += link.message().length;
    }
    return bytes;
  }
}
