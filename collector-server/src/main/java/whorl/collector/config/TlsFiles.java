package whorl.collector.config;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * PEM files.
 *
 * @param certificate the server's, with its chain
 * @param key PKCS#8, unencrypted
 * @param clientCa clients must show a certificate of this authority; null to ask for none
 */
public record TlsFiles(Path certificate, Path key, @Nullable Path clientCa) {}
