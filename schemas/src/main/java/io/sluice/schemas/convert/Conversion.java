package io.sluice.schemas.convert;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;

/** One document on its way to Avro: what is written, where one is, and what did not fit. Used once, by one thread. */
final class Conversion {

    /** Attempts at unions can multiply: so many values are written for each byte of the document, and no more. */
    private static final int STEPS_A_BYTE = 4;

    private static final int STEPS_MIN = 1_000;

    /** The attempts have multiplied. Carries no stack trace. */
    static final class TooManySteps extends RuntimeException {
        TooManySteps() {
            super("too many attempts at unions", null, false, false);
        }
    }

    final AvroBuffer out;
    final JsonPath path = new JsonPath();
    private final int misfitsMax;
    private final List<Misfit> misfits = new ArrayList<>();
    private int misfitCount;
    private int attempts;
    private boolean rejectsUnknown;
    private long stepsLeft;

    Conversion(AvroBuffer out, int documentBytes, boolean rejectsUnknown, int misfitsMax) {
        this.out = out;
        this.rejectsUnknown = rejectsUnknown;
        this.misfitsMax = misfitsMax;
        stepsLeft = STEPS_MIN + (long) STEPS_A_BYTE * documentBytes;
    }

    void misfit(JsonNode found, String expected) {
        if (isToBeTold()) {
            misfits.add(new Misfit(path.toString(), Shown.of(found), expected));
        }
    }

    void missing(String expected) {
        if (isToBeTold()) {
            misfits.add(new Misfit(path.toString(), "nothing", expected));
        }
    }

    private boolean isToBeTold() {
        misfitCount++;
        return attempts == 0 && misfits.size() < misfitsMax;
    }

    /** Each value counts. */
    void step() {
        if (--stepsLeft < 0) {
            throw new TooManySteps();
        }
    }

    /** Whether members that the schema does not name are misfits. */
    boolean rejectsUnknown() {
        return rejectsUnknown;
    }

    /** Writes the value as this branch, or leaves no trace. Returns whether it fits. */
    boolean attempt(int index, ValueWriter branch, JsonNode value, boolean strictly) {
        int size = out.size();
        int before = misfitCount;
        boolean rejectedBefore = rejectsUnknown;
        rejectsUnknown |= strictly;
        attempts++;
        out.writeLong(index);
        branch.write(value, this);
        attempts--;
        rejectsUnknown = rejectedBefore;
        boolean fits = misfitCount == before;
        if (!fits) {
            misfitCount = before;
            out.truncate(size);
        }
        return fits;
    }

    boolean fits() {
        return misfitCount == 0;
    }

    List<Misfit> misfits() {
        return misfits;
    }
}
