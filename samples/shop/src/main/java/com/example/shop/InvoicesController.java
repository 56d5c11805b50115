package com.example.shop;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;

/** Invoices as text files. */
@RestController
class InvoicesController {
  private static final int SHOWN_MAX_BYTES = 1 << 20;

  private final Path folder;

  InvoicesController(@Value("${shop.invoices}") Path folder) {
    this.folder = folder.toAbsolutePath();
  }

  /**
   * DELIBERATELY UNSAFE: {@code file} may climb out of the folder with {@code ..}. The remedy is to
   * refuse a resolved path that does not start with the folder.
   */
  @GetMapping("/invoices/view")
  ResponseEntity<byte[]> view(@RequestParam String file) {
    Path path = folder.resolve(file).normalize();
    try (InputStream in = Files.newInputStream(path)) {
      byte[] content = in.readNBytes(SHOWN_MAX_BYTES);
      return ResponseEntity.ok().contentType(MediaType.TEXT_PLAIN).body(content);
    } catch (IOException e) {
      throw new ResponseStatusException(HttpStatus.NOT_FOUND, "no such invoice", e);
    }
  }
}
