package io.sluice.app.trace;

import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.util.Collection;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Counts what another exporter does, and says once that the collector is away, and once that it is back. */
final class WatchedExporter implements SpanExporter {

    private static final Logger log = LoggerFactory.getLogger(WatchedExporter.class);

    private final SpanExporter exporter;
    private final SpanMeters meters;
    private final String endpoint;
    private final AtomicBoolean failing = new AtomicBoolean();

    WatchedExporter(SpanExporter exporter, SpanMeters meters, String endpoint) {
        this.exporter = exporter;
        this.meters = meters;
        this.endpoint = endpoint;
    }

    @Override
    public CompletableResultCode export(Collection<SpanData> spans) {
        // The collection is the caller's, and may be used again.
        int count = spans.size();
        CompletableResultCode result = exporter.export(spans);
        result.whenComplete(() -> onResult(count, result));
        return result;
    }

    private void onResult(int spans, CompletableResultCode result) {
        meters.leave(spans, result.isSuccess());
        if (failing.getAndSet(!result.isSuccess()) == result.isSuccess()) {
            if (result.isSuccess()) {
                log.atInfo().addKeyValue("endpoint", endpoint).log("The collector takes spans again");
            } else {
                log.atWarn()
                        .addKeyValue("endpoint", endpoint)
                        .addKeyValue("cause", String.valueOf(result.getFailureThrowable()))
                        .log("The collector takes no spans; messages go on without");
            }
        }
    }

    @Override
    public CompletableResultCode flush() {
        return exporter.flush();
    }

    @Override
    public CompletableResultCode shutdown() {
        return exporter.shutdown();
    }
}
