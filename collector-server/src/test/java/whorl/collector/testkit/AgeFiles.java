package whorl.collector.testkit;

import com.exceptionfactory.jagged.framework.stream.StandardEncryptingChannelFactory;
import com.exceptionfactory.jagged.x25519.X25519KeyPairGenerator;
import com.exceptionfactory.jagged.x25519.X25519RecipientStanzaWriterFactory;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.util.List;

/** An investigator's key pair, and age files for it. */
public record AgeFiles(String recipient, String secret) {
  public static AgeFiles generate() {
    try {
      KeyPair pair = new X25519KeyPairGenerator().generateKeyPair();
      return new AgeFiles(
          text(pair.getPublic().getEncoded()), text(pair.getPrivate().getEncoded()));
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  /** An age file with this content. */
  public byte[] encrypted(byte[] content) {
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    try (WritableByteChannel age =
        new StandardEncryptingChannelFactory()
            .newEncryptingChannel(
                Channels.newChannel(file),
                List.of(X25519RecipientStanzaWriterFactory.newRecipientStanzaWriter(recipient)))) {
      ByteBuffer left = ByteBuffer.wrap(content);
      while (left.hasRemaining()) {
        age.write(left);
      }
    } catch (IOException | GeneralSecurityException e) {
      throw new AssertionError(e);
    }
    return file.toByteArray();
  }

  /** The library's keys encode themselves as text. */
  private static String text(byte[] encoded) {
    return new String(encoded, StandardCharsets.US_ASCII);
  }
}
