package whorl.collector.fleet.channel;

import java.security.SecureRandom;
import java.util.Base64;
import org.jspecify.annotations.Nullable;
import whorl.evidence.VerifyingKey;
import whorl.evidence.channel.AgentMessage;
import whorl.evidence.channel.CollectorMessage;

/**
 * The start of a channel: a hello, and a proof that the agent holds the key if the hello names one.
 * The challenge is random for each channel, so that neither a hello nor a proof can be replayed.
 * Used by one thread at a time.
 */
final class Handshake {
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final int NONCE_BYTES = 32;

  private AgentMessage.@Nullable Hello hello;
  private @Nullable VerifyingKey key;
  private String nonce = "";

  /** What the channel does after a message. */
  sealed interface Step {
    /** Send this challenge to the agent. */
    record Ask(CollectorMessage.Challenge challenge) implements Step {}

    /** Admit the agent: it has proved its key, or has none. */
    record Done(AgentMessage.Hello hello) implements Step {}

    /** Close the channel: the agent breaks the protocol. */
    record Broken(String reason) implements Step {}

    /** Refuse the agent: it did not prove the key that it named. */
    record Unproved(AgentMessage.Hello hello) implements Step {}
  }

  /**
   * Processes the next message.
   *
   * @param message null for a message of an unknown type
   */
  Step next(@Nullable AgentMessage message) {
    AgentMessage.Hello claimed = hello;
    VerifyingKey claimedKey = key;
    if (claimed == null || claimedKey == null) {
      return firstMessage(message);
    }
    if (!(message instanceof AgentMessage.Proof proof) || proof.signature() == null) {
      return new Step.Broken("the challenge must be answered with a proof");
    }
    return claimedKey.proves(claimed.identity().id(), nonce, proof.signature())
        ? new Step.Done(claimed)
        : new Step.Unproved(claimed);
  }

  private Step firstMessage(@Nullable AgentMessage message) {
    if (!(message instanceof AgentMessage.Hello first)) {
      return new Step.Broken("the first message must be hello");
    }
    if (first.key() == null) {
      return new Step.Done(first);
    }
    try {
      key = VerifyingKey.of(first.key());
    } catch (IllegalArgumentException e) {
      return new Step.Broken("the key is no Ed25519 public key");
    }
    byte[] random = new byte[NONCE_BYTES];
    RANDOM.nextBytes(random);
    hello = first;
    nonce = Base64.getEncoder().encodeToString(random);
    return new Step.Ask(new CollectorMessage.Challenge(nonce));
  }
}
