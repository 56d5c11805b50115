package whorl.agent.ship.channel;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import whorl.agent.redact.Redactor;
import whorl.agent.redact.stream.MaskedJson;
import whorl.evidence.ChainHead;
import whorl.evidence.Digest;
import whorl.evidence.Id;
import whorl.evidence.Json;
import whorl.evidence.SigningKey;
import whorl.evidence.VerifyingKey;
import whorl.evidence.channel.AgentMessage;
import whorl.evidence.channel.ChainLink;
import whorl.evidence.channel.SignedHead;

class MessageChainTest {
  private static final int ANY_SIZE = 1 << 20;
  private final Id agent = Id.next(InstantSource.system());
  private final SigningKey key = Objects.requireNonNull(SigningKey.generate());
  private final MessageChain chain = new MessageChain(agent, key, 1_000);

  private byte[] append(String text) {
    List<byte[]> written = new ArrayList<>();
    assertThat(
            chain.append(
                0,
                ANY_SIZE,
                null,
                link -> {
                  written.add(message(text, link));
                  return written.get(0);
                }))
        .isTrue();
    return written.get(0);
  }

  private static byte[] message(String text, ChainLink link) {
    return (text + " " + Json.text(link)).getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void links_followEachOther_fromAStartOfTheAgentsOwn() {
    ChainHead start = chain.head();
    assertThat(start).isEqualTo(ChainHead.start(agent));
    assertThat(start).isNotEqualTo(ChainHead.start(Id.next(InstantSource.system())));

    byte[] first = append("a");
    assertThat(new String(first, StandardCharsets.UTF_8)).contains(start.hash().hex());
    ChainHead afterFirst = ChainHead.after(1, first);
    assertThat(chain.head()).isEqualTo(afterFirst);

    byte[] second = append("b");
    assertThat(new String(second, StandardCharsets.UTF_8)).contains(afterFirst.hash().hex());
    assertThat(chain.takeWaiting()).containsExactly(first, second);
    assertThat(chain.takeWaiting()).isEmpty();
  }

  @Test
  void tooLargeMessage_isNoLink() {
    ChainHead before = chain.head();
    assertThat(chain.append(0, 10, null, link -> message("large", link))).isFalse();

    assertThat(chain.head()).isEqualTo(before);
    assertThat(chain.takeWaiting()).isEmpty();
  }

  @Test
  void resume_sendsWhatWasNotReceivedAgain_asItWas() {
    byte[] first = append("a");
    byte[] second = append("b");
    Id alert = Id.next(InstantSource.system());
    chain.append(0, ANY_SIZE, alert, link -> message("c", link));
    List<byte[]> sent = chain.takeWaiting();

    assertThat(chain.resume(ChainHead.after(1, first))).containsExactly(alert);

    assertThat(chain.takeWaiting()).containsExactly(second, sent.get(2));
    assertThat(chain.lost()).isZero();
    assertThat(chain.disagreements()).isZero();
    chain.resume(chain.head());
    assertThat(chain.takeWaiting()).isEmpty();
    assertThat(chain.heldBytes()).isZero();
  }

  @Test
  void whatIsKept_isBounded_andWhatIsLostIsCountedOnce() {
    for (int i = 0; i < 50; i++) {
      append("message " + i);
      chain.takeWaiting();
    }
    assertThat(chain.heldBytes()).isBetween(500L, 1_000L);

    chain.resume(ChainHead.start(agent));
    int again = chain.takeWaiting().size();
    assertThat(chain.lost()).isEqualTo(50 - again);
    chain.resume(ChainHead.start(agent));
    assertThat(chain.lost()).isEqualTo(50 - again);
  }

  @Test
  void manifestWithoutAConnection_waits_andComesBeforeWhatFollows() {
    ChainHead manifest = chain.append(3, link -> message("manifest", link));
    assertThat(manifest.sequence()).isEqualTo(1);
    assertThat(chain.signed().head().sequence()).isZero();
    append("journal");

    assertThat(chain.takeWaiting()).hasSize(2);
    assertThat(chain.signed().head().sequence()).isEqualTo(2);
  }

  @Test
  void waitingManifests_areBounded() {
    for (int i = 0; i < MessageChain.MAX_WAITING + 10; i++) {
      chain.append(0, link -> message("manifest", link));
    }
    assertThat(chain.takeWaiting()).hasSize(MessageChain.MAX_WAITING);
  }

  @Test
  void signed_coversWhatWasSent_andIsMadeOnceForEachPosition() {
    append("a");
    chain.takeWaiting();
    SignedHead signed = chain.signed();

    VerifyingKey verifying = VerifyingKey.of(key.publicKey());
    assertThat(verifying.verifies(agent, signed.head(), signed.signature())).isTrue();
    assertThat(chain.signed()).isSameAs(signed);
    ChainHead other = new ChainHead(2, signed.head().hash());
    assertThat(verifying.verifies(agent, other, signed.signature())).isFalse();
    assertThat(
            verifying.verifies(Id.next(InstantSource.system()), signed.head(), signed.signature()))
        .isFalse();
    assertThat(verifying.proves(agent, "nonce", signed.signature())).isFalse();
    append("b");
    chain.takeWaiting();
    assertThat(chain.signed()).isNotEqualTo(signed);
  }

  @Test
  void otherPositionAtTheCollector_isADisagreement() {
    byte[] first = append("a");
    append("b");
    chain.takeWaiting();

    chain.resume(new ChainHead(1, Digest.of(new byte[] {1})));
    assertThat(chain.disagreements()).isEqualTo(1);
    chain.takeWaiting();
    chain.resume(new ChainHead(7, Digest.of(new byte[] {1})));
    assertThat(chain.disagreements()).isEqualTo(2);
    chain.takeWaiting();
    chain.resume(ChainHead.after(1, first));
    assertThat(chain.disagreements()).isEqualTo(2);
  }

  @Test
  void hashes_areNeverMasked() throws Exception {
    MaskedJson json = new MaskedJson(new Redactor(List.of("previous", "hash", "chain", "head")));
    for (int i = 0; i < 20_000; i++) {
      Digest hash = Digest.of(Integer.toString(i).getBytes(StandardCharsets.US_ASCII));
      AgentMessage.ManifestSealed message =
          new AgentMessage.ManifestSealed(agent, agent, new ChainLink(1, hash, 0));
      assertThat(Json.MAPPER.readValue(json.bytes(message), AgentMessage.class)).isEqualTo(message);
    }
  }
}
