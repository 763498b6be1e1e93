package io.keyfold.workflow.stream;

import com.fasterxml.jackson.annotation.JsonAutoDetect.Visibility;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonSubTypes.Type;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import com.fasterxml.jackson.annotation.PropertyAccessor;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.cfg.MutableConfigOverride;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.deser.std.StdScalarDeserializer;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.StdScalarSerializer;
import com.fasterxml.jackson.dataformat.cbor.databind.CBORMapper;
import com.fasterxml.jackson.dataformat.cbor.CBORGenerator;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import io.keyfold.workflow.ledger.LedgerEntry;
import io.keyfold.workflow.saga.Aim;
import io.keyfold.workflow.saga.Ask;
import io.keyfold.workflow.saga.Question;
import io.keyfold.workflow.saga.Saga;
import io.keyfold.workflow.saga.StepState;
import io.keyfold.workflow.saga.UndoState;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;

/// How a state lies in its store and changelog: one byte of version, then CBOR.
///
/// A later version of this program reads what an earlier one wrote: fields and kinds of states may be added, what is
/// there keeps its name. Fields that it does not know are passed over, so that an upgrade can be taken back; a state that
/// would be misunderstood without them bears a later version ([StateVersion]).
public final class StateCodec<T> {
    public static final StateCodec<Saga> SAGA = new StateCodec<>(Saga.class);
    public static final StateCodec<LedgerEntry> LEDGER = new StateCodec<>(LedgerEntry.class);

    private final ObjectWriter writer;
    private final ObjectReader reader;

    private StateCodec(Class<T> type) {
        CBORMapper mapper = Mapper.create();
        this.writer = mapper.writerFor(type);
        this.reader = mapper.readerFor(type);
    }

    public byte[] encode(T state) {
        try {
            return StateVersion.write(writer, state);
        } catch (IOException e) {
            throw new UncheckedIOException("A state could not be encoded", e);
        }
    }

    /// @throws IllegalStateException if the bytes are of a later version than this program, or are no state at all: then
    ///     it must not go on, since it would act with an empty memory
    T decode(byte[] bytes) {
        if (bytes.length == 0 || bytes[0] < StateVersion.FIRST || bytes[0] > StateVersion.PRESENT) {
            throw new IllegalStateException("The state store holds version " + (bytes.length == 0 ? "none" : bytes[0])
                    + ", but this program knows versions up to " + StateVersion.PRESENT
                    + " only. Run the later program again.");
        }
        try {
            return reader.readValue(bytes, 1, bytes.length - 1);
        } catch (IOException e) {
            throw new IllegalStateException("The state store holds bytes that are no state of this program", e);
        }
    }

    /// The pure packages know nothing of Jackson: their sealed types get their short names here. A name is for ever.
    private static final class Mapper {
        private Mapper() {}

        static CBORMapper create() {
            return CBORMapper.builder(com.fasterxml.jackson.dataformat.cbor.CBORFactory.builder()
                    // Field names and states recur in every step: the second time is a reference.
                    .enable(CBORGenerator.Feature.STRINGREF)
                    .build())
                    .addModule(new Jdk8Module())
                    .addModule(times())
                    .addModule(new SimpleModule("version").setSerializerModifier(StateVersion.watch()))
                    .visibility(PropertyAccessor.ALL, Visibility.NONE)
                    .visibility(PropertyAccessor.FIELD, Visibility.ANY)
                    .visibility(PropertyAccessor.CREATOR, Visibility.ANY)
                    .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                    // What is empty is not written: it would be half of a state, and is read as empty where it is not there.
                    .defaultPropertyInclusion(JsonInclude.Value.construct(
                            JsonInclude.Include.NON_DEFAULT, JsonInclude.Include.ALWAYS))
                    // What is not written is empty, not null.
                    .withConfigOverride(List.class, Mapper::absentIsEmpty)
                    .withConfigOverride(Map.class, Mapper::absentIsEmpty)
                    .withConfigOverride(SortedMap.class, Mapper::absentIsEmpty)
                    .withConfigOverride(String.class, Mapper::absentIsEmpty)
                    .addMixIn(StepState.class, StepStates.class)
                    .addMixIn(UndoState.class, UndoStates.class)
                    .addMixIn(Ask.class, Asks.class)
                    .addMixIn(Aim.class, Aims.class)
                    .addMixIn(Question.State.class, QuestionStates.class)
                    .build();
        }

        private static void absentIsEmpty(MutableConfigOverride type) {
            type.setSetterInfo(JsonSetter.Value.forValueNulls(Nulls.AS_EMPTY));
        }

        private static SimpleModule times() {
            return new SimpleModule("times")
                    .addSerializer(Instant.class, new InstantWriter())
                    .addDeserializer(Instant.class, new InstantReader());
        }
    }

    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "is")
    @JsonSubTypes({
        @Type(value = StepState.Waiting.class, name = "wait"),
        @Type(value = StepState.Resolving.class, name = "resolve"),
        @Type(value = StepState.Holding.class, name = "hold"),
        @Type(value = StepState.Provisioning.class, name = "provision"),
        @Type(value = StepState.Claiming.class, name = "claim"),
        @Type(value = StepState.Deferred.class, name = "defer"),
        @Type(value = StepState.Created.class, name = "created"),
        @Type(value = StepState.Adopted.class, name = "adopted"),
        @Type(value = StepState.Kept.class, name = "kept"),
        @Type(value = StepState.Skipped.class, name = "skipped"),
        @Type(value = StepState.Failed.class, name = "failed"),
        @Type(value = StepState.Looking.class, name = "look"),
        @Type(value = StepState.LookFailed.class, name = "lookFailed"),
        @Type(value = StepState.NothingCreated.class, name = "nothing"),
        @Type(value = StepState.Compensated.class, name = "compensated"),
        @Type(value = StepState.Retained.class, name = "retained")
    })
    private interface StepStates {}

    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "is")
    @JsonSubTypes({
        @Type(value = UndoState.Queued.class, name = "queued"),
        @Type(value = UndoState.AskingLeave.class, name = "askLeave"),
        @Type(value = UndoState.Deleting.class, name = "delete"),
        @Type(value = UndoState.Deferred.class, name = "defer"),
        @Type(value = UndoState.Parked.class, name = "parked")
    })
    private interface UndoStates {}

    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "is")
    @JsonSubTypes({
        @Type(value = Ask.Resolve.class, name = "resolve"),
        @Type(value = Ask.Provision.class, name = "provision"),
        @Type(value = Ask.Look.class, name = "look")
    })
    private interface Asks {}

    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "is")
    @JsonSubTypes({
        @Type(value = Aim.Create.class, name = "create"),
        @Type(value = Aim.Adopt.class, name = "adopt"),
        @Type(value = Aim.Mend.class, name = "mend")
    })
    private interface Aims {}

    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "is")
    @JsonSubTypes({
        @Type(value = Question.State.Asked.class, name = "asked"),
        @Type(value = Question.State.Deferred.class, name = "defer"),
        @Type(value = Question.State.Answered.class, name = "answered")
    })
    private interface QuestionStates {}

    /// Whole milliseconds, as all times that we decide and most that we are told, are a number; finer ones are text.
    private static final class InstantWriter extends StdScalarSerializer<Instant> {
        private static final long serialVersionUID = 1L;

        InstantWriter() {
            super(Instant.class);
        }

        @Override
        public void serialize(Instant value, JsonGenerator generator, SerializerProvider provider) throws IOException {
            if (isMillis(value)) {
                generator.writeNumber(value.toEpochMilli());
            } else {
                generator.writeString(value.toString());
            }
        }

        private static boolean isMillis(Instant value) {
            return value.getNano() % 1_000_000 == 0
                    && !value.isBefore(Instant.ofEpochMilli(Long.MIN_VALUE))
                    && !value.isAfter(Instant.ofEpochMilli(Long.MAX_VALUE));
        }
    }

    private static final class InstantReader extends StdScalarDeserializer<Instant> {
        private static final long serialVersionUID = 1L;

        InstantReader() {
            super(Instant.class);
        }

        @Override
        public Instant deserialize(JsonParser parser, DeserializationContext context) throws IOException {
            return parser.currentToken() == JsonToken.VALUE_STRING
                    ? Instant.parse(parser.getText())
                    : Instant.ofEpochMilli(parser.getLongValue());
        }
    }
}
