package io.sluice.mqtt.listener;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** A file of a listener's TLS cannot be used. The message says which, what was found and what is expected. */
public final class TlsFileException extends Exception {

    private static final long serialVersionUID = 1;

    TlsFileException(Path file, String problem, @Nullable Throwable cause) {
        super(file + ": " + problem, cause);
    }
}
