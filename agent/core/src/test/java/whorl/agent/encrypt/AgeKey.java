package whorl.agent.encrypt;

import com.exceptionfactory.jagged.framework.stream.StandardDecryptingChannelFactory;
import com.exceptionfactory.jagged.x25519.X25519KeyPairGenerator;
import com.exceptionfactory.jagged.x25519.X25519RecipientStanzaReaderFactory;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.ReadableByteChannel;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.util.List;

/** An investigator's key pair. */
public record AgeKey(String recipient, String secret) {

  public static AgeKey generate() throws GeneralSecurityException {
    KeyPair pair = new X25519KeyPairGenerator().generateKeyPair();
    return new AgeKey(text(pair.getPublic().getEncoded()), text(pair.getPrivate().getEncoded()));
  }

  /**
   * @throws IOException if these bytes are not a complete age file for this key
   */
  public byte[] decrypt(byte[] encrypted) throws GeneralSecurityException, IOException {
    try (ReadableByteChannel plain =
        new StandardDecryptingChannelFactory()
            .newDecryptingChannel(
                Channels.newChannel(new ByteArrayInputStream(encrypted)),
                List.of(X25519RecipientStanzaReaderFactory.newRecipientStanzaReader(secret)))) {
      return Channels.newInputStream(plain).readAllBytes();
    }
  }

  /** The library's keys encode themselves as text. */
  private static String text(byte[] encoded) {
    return new String(encoded, StandardCharsets.US_ASCII);
  }
}
