import { testScenarios } from '../order/scenario-tests.ts';
import { realScenarios } from '../order/scenarios/real.ts';

testScenarios(realScenarios);
