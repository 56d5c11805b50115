package whorl.collector.fleet;

import java.security.SecureRandom;
import java.util.Base64;
import org.jspecify.annotations.Nullable;
import whorl.evidence.AgentMessage;
import whorl.evidence.CollectorMessage;
import whorl.evidence.VerifyingKey;

/**
 * How a channel begins: hello, and where it names a key, the proof that the agent holds it. The
 * challenge is made up for this one channel, so that neither a hello nor a proof is good a second
 * time. Used by one thread at a time.
 */
final class Handshake {
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final int NONCE_BYTES = 32;

  private AgentMessage.@Nullable Hello claimed;
  private @Nullable VerifyingKey key;
  private String nonce = "";

  /** What follows a message. */
  sealed interface Step {
    /** The agent is to answer this. */
    record Ask(CollectorMessage.Challenge challenge) implements Step {}

    /** The agent is who it says, or says that it has no key. */
    record Done(AgentMessage.Hello hello) implements Step {}

    /** It breaks the protocol. */
    record Broken(String reason) implements Step {}

    /** It does not hold the key that it names. */
    record Unproved(AgentMessage.Hello hello) implements Step {}
  }

  /**
   * Takes the next message.
   *
   * @param message null for one that is not understood
   */
  Step next(@Nullable AgentMessage message) {
    AgentMessage.Hello hello = claimed;
    VerifyingKey claimedKey = key;
    if (hello == null || claimedKey == null) {
      return first(message);
    }
    if (!(message instanceof AgentMessage.Proof proof) || proof.signature() == null) {
      return new Step.Broken("the challenge must be answered with a proof");
    }
    return claimedKey.proves(hello.identity().id(), nonce, proof.signature())
        ? new Step.Done(hello)
        : new Step.Unproved(hello);
  }

  private Step first(@Nullable AgentMessage message) {
    if (!(message instanceof AgentMessage.Hello hello)) {
      return new Step.Broken("the first message must be hello");
    }
    if (hello.key() == null) {
      return new Step.Done(hello);
    }
    try {
      key = VerifyingKey.of(hello.key());
    } catch (IllegalArgumentException e) {
      return new Step.Broken("the key is no Ed25519 public key");
    }
    byte[] random = new byte[NONCE_BYTES];
    RANDOM.nextBytes(random);
    claimed = hello;
    nonce = Base64.getEncoder().encodeToString(random);
    return new Step.Ask(new CollectorMessage.Challenge(nonce));
  }
}
