package whorl.collector.config;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The PEM files for TLS.
 *
 * @param certificate the server's certificate with its chain
 * @param key the private key, as unencrypted PKCS#8
 * @param clientCa the authority of client certificates, which are then required; null for none
 */
public record TlsFiles(Path certificate, Path key, @Nullable Path clientCa) {}
